/** Energies that the page says: the one it has come to, and the one it came from. */
const said = /energy (-?[\d.]+) after (\d+) steps?, from (-?[\d.]+)/

/**
 * Uses the playground as a reader does, with the network off once it has loaded.
 *
 * @param {import('playwright').Page} page
 * @param {string} base of the site
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkPlayground(page, base) {
  const problems = []
  const status = page.locator('.playground .status')
  const button = (name) => page.getByRole('button', { name, exact: true })

  /** Runs to the end; the energy must have fallen. */
  async function descends(what) {
    await button('Run').click()
    await button('Run').waitFor({ timeout: 120_000 }) // it is "Stop" meanwhile
    const text = await status.innerText()
    const [, to, steps, from] = said.exec(text) ?? []
    if (!(Number(to) < Number(from) && Number(steps) > 1))
      problems.push(`playground, ${what}: it says "${text}"`)
  }

  await page.goto(`${base}/playground.html`, { waitUntil: 'networkidle' })
  await button('Run').waitFor({ timeout: 60_000 })
  await page.context().setOffline(true)
  try {
    await descends('labels')
    await page.locator('select[name=minimizer]').selectOption('mirror descent')
    await button('Start in the middle').click()
    await descends('labels by mirror descent')

    // What the energy has learned: a beach has the sea beside it, and no skis.
    await button('Empty input').click()
    await page.getByLabel('evidence for beach').fill('1.5')
    await descends('a beach alone')
    const output = async (label) => Number(await page.getByLabel(`output ${label}`).inputValue())
    const [sea, ski] = [await output('sea'), await output('ski')]
    if (!(sea > 0.5 && ski < 0.5))
      problems.push(`playground: with a beach, sea has ${sea} and ski ${ski}`)

    await page.getByLabel('a mask').check()
    await descends('a mask')
    const image = page.locator('.playground canvas').first()
    await image.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await image.boundingBox()
    await page.mouse.move(x + width / 3, y + height / 3)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 8 })
    await page.mouse.up()
    if (!(await status.innerText()).includes('no step taken'))
      problems.push('playground: a stroke changes nothing')
    await descends('a mask that was drawn on')
  } catch (error) {
    problems.push(`playground: ${error.message}`)
  } finally {
    await page.context().setOffline(false)
  }
  return problems
}
