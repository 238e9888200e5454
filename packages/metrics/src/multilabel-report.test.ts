import { array, DomainError, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { binarize, exampleF1, hammingLoss, multilabelReport } from './index.ts'

const scores = array([
  [0.875, 0.375, 0.125],
  [0.25, 0.75, 0.375],
])
const labels = array([
  [1, 1, 0],
  [0, 1, 0],
])

describe('multilabelReport', () => {
  it('has hand values', () => {
    const report = multilabelReport(scores, labels, { threshold: 0.3 })
    expect(report).toEqual({
      examples: 2,
      f1: { 'at0.5': (2 / 3 + 1) / 2, atThreshold: (1 + 2 / 3) / 2, threshold: 0.3 },
      microF1: { 'at0.5': 4 / 5, atThreshold: 6 / 7 },
      macroF1: { 'at0.5': (1 + 2 / 3 + 1) / 3, atThreshold: (1 + 1 + 0) / 3 },
      subsetAccuracy: { 'at0.5': 1 / 2, atThreshold: 1 / 2 },
      hammingLoss: 1 / 6,
      hammingLossAtThreshold: 1 / 6,
      precisionAt: { '1': 1, '3': (2 / 3 + 1 / 3) / 2 },
    })
  })

  it('agrees with the single metrics and survives JSON', () => {
    const report = multilabelReport(scores, labels, { threshold: 0.7, precisionAt: [2] })
    expect(report.f1.atThreshold).toBe(exampleF1(binarize(scores, 0.7), labels))
    expect(report.hammingLossAtThreshold).toBe(hammingLoss(binarize(scores, 0.7), labels))
    expect(Object.keys(report.precisionAt)).toEqual(['2'])
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('passes the empty value on', () => {
    const none = array([[0, 0]])
    expect(multilabelReport(none, none, { threshold: 0.5 }).f1['at0.5']).toBe(1)
    const report = multilabelReport(none, none, { threshold: 0.5, emptyValue: 0 })
    expect(report.f1['at0.5']).toBe(0)
    expect(report.macroF1.atThreshold).toBe(0)
  })

  it('refuses bad input with typed errors', () => {
    expect(() => multilabelReport(scores, array([[1]]), { threshold: 0.5 })).toThrow(ShapeError)
    expect(() => multilabelReport(scores, labels, { threshold: Number.NaN })).toThrow(
      'multilabelReport: threshold is NaN, expected a finite number',
    )
    expect(() => multilabelReport(scores, scores, { threshold: 0.5 })).toThrow(DomainError)
  })
})
