import { filled, jit, ndarray, random, ShapeError } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { channelStatistics, standardizeChannels } from './standardize-channels.ts'

it('gives the images that the statistics are of mean 0 and deviation 1 in each channel', async () => {
  const images = random(1).uniforms([5, 6, 7, 3], 0.2, 0.9)
  for (let i = 0; i < images.data.length; i += 3) images.data[i]! *= 4
  const run = jit(standardizeChannels)
  const { data } = await run(images, channelStatistics(images))
  for (let channel = 0; channel < 3; channel++) {
    const values = [...data].filter((_, i) => i % 3 === channel)
    const mean = values.reduce((total, v) => total + v, 0) / values.length
    const variance = values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0, 5)
    expect(variance).toBeCloseTo(1, 4)
  }
})

it('leaves a constant channel finite', async () => {
  const images = filled([2, 3, 3, 2], 0.7)
  const statistics = channelStatistics(images)
  expect([...statistics.deviation.data]).toEqual([1, 1])
  const { data } = await jit(standardizeChannels)(images, statistics)
  for (const value of data) expect(value).toBeCloseTo(0, 6)
})

it('refuses what are no images, and other channels', async () => {
  expect(() => channelStatistics(filled([3, 3, 2], 1))).toThrow(ShapeError)
  expect(() => channelStatistics(ndarray(new Float32Array(0), [0, 3, 3, 2]))).toThrow(ShapeError)
  const statistics = channelStatistics(filled([1, 3, 3, 2], 1))
  await expect(jit(standardizeChannels)(filled([1, 3, 3, 3], 1), statistics)).rejects.toThrow(
    /2 channels/,
  )
})
