/**
 * How a page loads into an empty cache, in one line: transferred bytes, when it is painted and can be used, how far its parts jump.
 *
 * @param {import('playwright').Browser} browser
 * @param {string} url
 * @returns {Promise<string>}
 */
export async function measureLoad(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(() => {
    globalThis.measured = { shift: 0, lastLongTask: 0 }
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries())
        if (!hadRecentInput) globalThis.measured.shift += value
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        globalThis.measured.lastLongTask = startTime + duration
    }).observe({ type: 'longtask', buffered: true })
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  const { bytes, paint, interactive, shift } = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation')
    const resources = performance.getEntriesByType('resource')
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
    return {
      bytes: [navigation, ...resources].reduce((sum, { transferSize }) => sum + transferSize, 0),
      paint: first,
      // As Lighthouse has it: painted, scripts ready, and no long task after.
      interactive: Math.max(
        first,
        navigation.domContentLoadedEventEnd,
        globalThis.measured.lastLongTask,
      ),
      shift: globalThis.measured.shift,
    }
  })
  await page.close()
  const milliseconds = (time) => `${Math.round(time)} ms`
  return `start page: ${Math.round(bytes / 1000)} kB uncompressed, painted after ${milliseconds(paint)}, interactive after ${milliseconds(interactive)}, layout shift ${shift.toFixed(3)}`
}
