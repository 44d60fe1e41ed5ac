// Made by web/generate_types.py from assay.values.answer; edit the models, not this file.

/** A value or the reason for its absence, and all that it rests on. */
export interface Answer {
  kpi: string
  label: string
  period: PeriodFacts
  unit: UnitFacts
  /** A decimal string; null when withheld. */
  value: string | null
  /** The value as a person reads it; a dash when withheld. */
  display: string
  direction: 'up' | 'down' | 'range' | null
  criticality: 'critical' | 'high' | 'medium' | 'low'
  owner: string | null
  data_quality: DataQuality
  /** null when nothing was ever loaded. */
  freshness: Freshness | null
  /** The instant up to which the data is complete. */
  as_of: string | null
  coverage: Coverage
  /** True while the period may still change: it is open, or its source has not settled. */
  provisional: boolean
  settles_at: string | null
  reasons: Reason[]
  /** How many rows the number stands on (of a ratio: its denominator). */
  n: number | null
  /** Rows left out because the measured column was null. */
  nulls: number
  target: TargetFacts | null
  comparison: ComparisonFacts | null
  breaches: Breach[]
  last_good: LastGood | null
  by: string | null
  /** The rows of a list or breakdown. */
  rows: Row[] | null
  /** Rows that `top` left out. */
  more_rows: number
  /** The generation that answered; null before the first. */
  generation: number | null
  published_at: string | null
  /** The receipt's identity: (generation, question). */
  receipt: string | null
  /** The instant at which this verdict may change without new data. */
  valid_until: string | null
  /** Facts of one surface: as_of asked, recomputed value … */
  note: Record<string, unknown> | null
}

/** A whole board in one answer, all of it from one generation. */
export interface BoardAnswer {
  board: string
  label: string
  description: string
  project: string
  timezone: string
  generation: number | null
  published_at: string | null
  now: string
  valid_until: string | null
  /** What concerns the whole board: a rebuild, nothing loaded yet. */
  notices: Reason[]
  sections: SectionFacts[]
}

/** An alert condition of the contract that holds. */
export interface Breach {
  alert: string
  severity: 'critical' | 'high' | 'medium' | 'low'
  sentence: string
  condition: string
}

/** The value beside an earlier one, aligned to the same elapsed part, or the reason why they are not compared. */
export interface ComparisonFacts {
  against: 'previous' | 'same_day_last_week' | 'last_year'
  period: PeriodFacts
  value: string | null
  /** This period's value over the same elapsed part. */
  current: string | null
  change: string | null
  change_pct: string | null
  /** Whether the change goes the good way; null if neither. */
  better: boolean | null
  /** The local time at which both periods are cut, if they are. */
  until: string | null
  reason: Reason | null
}

/** How many of the period's days every needed stream has declared complete. */
export interface Coverage {
  days: number
  covered: number
  /** The first 31 days that are not covered. */
  missing: string[]
}

/** Whether the number is measured, worked out from a stated assumption, or withheld. */
export type DataQuality = 'actual' | 'estimated' | 'insufficient_data'

/** What a KPI is and how its number came about: the answer to `assay explain` and the page's detail. */
export interface Definition {
  kpi: string
  label: string
  definition: string
  formula: string
  kind: string
  unit: UnitFacts
  owner: string | null
  criticality: string
  source: string | null
  model: string | null
  time: string | null
  target: string | null
  alerts: string[]
  refresh: string | null
  dimensions: string[]
  related: string[]
  depends_on: string[]
  /** The steps, one a line. */
  plan: string[]
  sql: string[]
  /** Streams: rows, complete until, newest load. */
  inputs: Record<string, unknown>[]
  checks: Record<string, unknown>[]
  receipt: Record<string, unknown> | null
  answer: Answer
}

/** How old the newest data is against what the contract expects: f, 1.5 f, 3 f. */
export type Freshness = 'fresh' | 'acceptable' | 'stale' | 'critical'

/** The published values of a KPI, one a period. */
export interface History {
  kpi: string
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year'
  unit: UnitFacts
  points: Point[]
}

/** The newest value of the same question that was published; for display only. */
export interface LastGood {
  value: string
  period: PeriodFacts
  published_at: string
  receipt: string
}

/** The shop days that were asked, both ends included. */
export interface PeriodFacts {
  /** As it was asked: yesterday, 7d, 1997-01. */
  name: string
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year' | 'range'
  start: string
  end: string
  timezone: string
  /** True while the period's last day has not ended. */
  open: boolean
}

/** One closed period of a history; `value` is null when it was withheld. */
export interface Point {
  start: string
  end: string
  value: string | null
  state: 'actual' | 'estimated' | 'insufficient_data'
  provisional: boolean
  generation: number | null
}

/** Why a value is as it is, and what mends it. */
export interface Reason {
  /** A stable word for programs: not_covered, no_data, check_failed, other_grain … */
  code: string
  /** The same for a person. */
  sentence: string
  /** The stream, model or KPI that it is about. */
  input: string | null
  since: string | null
  owner: string | null
  /** The command or endpoint that repairs it. */
  repair: string | null
}

/** One row of a list or breakdown. */
export interface Row {
  key: string | null
  value: string | null
  display: string
  n: number | null
  change: string | null
  change_pct: string | null
  reasons: Reason[]
}

/** Tiles under one heading. */
export interface SectionFacts {
  label: string
  tiles: Tile[]
}

/** What the value should be, and whether it is. */
export interface TargetFacts {
  /** null when it cannot be judged; see `reason`. */
  status: 'met' | 'missed' | 'none' | null
  /** The target as a person reads it: at least 95 %. */
  text: string
  low: string | null
  high: string | null
  tier: string | null
  reason: Reason | null
}

/** One tile of a board: the answer and its last 30 days. */
export interface Tile {
  title: string
  answer: Answer
  spark: Point[]
}

/** How to read the value. */
export interface UnitFacts {
  kind: string
  currency: string | null
  /** Decimal places to show; the value may hold up to six. */
  decimals: number
}
