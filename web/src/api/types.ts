// Made by web/generate_types.py from assay.values; edit the models, not this file.

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
  /** Of the kind `cohort`: its table, in place of a value. */
  cohorts: CohortTable | null
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

/** How such forecasts did on periods that had happened already and that they had not seen. */
export interface BacktestFacts {
  /** The first day of the periods that were foreseen. */
  start: string
  end: string
  /** From how many points of the history forecasts were made. */
  origins: number
  /** How many periods they foresaw, all of them together. */
  periods: number
  /** By how much they were off on average, in the KPI's unit. */
  mae: string
  /** The same in percent of what came; null where that is 0, and of percentages. */
  wape_pct: string | null
  /** By how much the naive forecast was off on the same periods. */
  naive_mae: string
  /** The error as a multiple of the naive one's; null where that made none. */
  relative_mae: string | null
  /** How many of the periods came to lie inside the interval. */
  within: number
  /** The same in percent: beside `level`, what the interval promises. */
  coverage_pct: string
}

/** What others reach, as somebody published it, and how the number stands beside it. */
export interface BenchmarkFacts {
  /** The range: 105 % to 110 %; at least 3. */
  text: string
  /** Whose numbers they are. */
  of: string
  /** The length of the periods that it speaks of. */
  over: 'month' | 'year' | null
  /** null where there is no number, or it is over periods of another length. */
  standing: 'below' | 'within' | 'above' | null
  source: string
  url: string
  published: string
}

/** A KPI of which an incident withholds something. */
export interface Blocked {
  kpi: string
  label: string
  criticality: 'critical' | 'high' | 'medium' | 'low'
  owner: string | null
  /** Whether what people look at is withheld: a board's tile, or of a KPI on no board its last closed period. false: other periods alone. */
  now: boolean
  /** The names of those periods that are withheld: yesterday, 30d. */
  periods: string[]
  /** The boards on which a tile of it is withheld. */
  boards: string[]
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
  listings: ListingAnswer[]
}

/** An alert condition of the contract that holds. */
export interface Breach {
  alert: string
  severity: 'critical' | 'high' | 'medium' | 'low'
  sentence: string
  condition: string
}

/** One check, as it was run last. */
export interface CheckTrust {
  check: string
  models: string[]
  status: 'passed' | 'failed' | 'error'
  /** Whether it withholds what rests on its models; one that does not may still be required by a KPI. */
  blocking: boolean
  failures: number
  message: string
  checked_at: string
  /** Of a failing check: since when it is known to fail. */
  since: string | null
  /** The incident that it belongs to. */
  incident: string | null
}

/** Those who came in one period. Cells of periods that have not begun are not there. */
export interface Cohort {
  /** 2026-01, 2026-W05. */
  name: string
  start: string
  end: string
  /** How many they are; null where the number is no share of them. */
  size: number | null
  cells: CohortCell[]
}

/** How a cohort stood at the end of one period since its own, or why that is not known. */
export interface CohortCell {
  /** How many periods after the cohort's own; 0 is its own. */
  since: number
  value: string | null
  display: string
  provisional: boolean
  reasons: Reason[]
}

/** What a KPI of the kind `cohort` says: a row for each cohort, the oldest first, a cell for each period since. */
export interface CohortTable {
  /** The length of the periods. */
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year'
  rows: Cohort[]
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

/** What a line needs besides its closed periods: the period that goes on, and what a period is held against. */
export interface Course {
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year'
  /** The period that goes on, as far as it has come; null if unknown. */
  now: Point | null
  /** The target of one such period. */
  low: string | null
  high: string | null
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
  benchmarks: BenchmarkFacts[]
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

/** One entry as it stands: a later recording of the same id has replaced an earlier one. */
export interface Entry {
  id: string
  /** The shop day on which it counts. */
  day: string
  recorded_at: string
  /** Its other fields. */
  values: Record<string, string | boolean | number | null>
}

/** One field of an entry. */
export interface EntryField {
  name: string
  /** text, money, integer, instant, boolean, currency */
  type: string
  required: boolean
  /** The only words that it may hold; any, if empty. */
  values: string[]
  description: string
}

/** One kind of entries: a cost, a balance. */
export interface EntryKind {
  kind: string
  label: string
  description: string
  /** The field that says on which day an entry counts; today, where nothing is said. */
  time: string
  /** /api/kpi/<endpoint> records and lists it as well. */
  endpoint: string | null
  fields: EntryField[]
  /** The first day of which everything is recorded; null: none. */
  complete_from: string | null
  /** The instant up to which everything is recorded. */
  complete_until: string | null
  /** The zone of the shop's days. */
  timezone: string
}

/** What one source delivered of one stream, or of one shard of it. */
export interface FeedTrust {
  source: string
  shard: string | null
  complete_until: string | null
  newest_load: string | null
  /** Against the stream's expected age; null where another source has gone on, or the shard is retired. */
  freshness: Freshness | null
  rows: number
  /** How many rows the source says it delivered, if it says so. */
  expected_rows: number | null
  rejected: number
  retired: boolean
}

/** The next periods of a KPI with an interval and its back-tested error, or the reason why there is no forecast. */
export interface ForecastAnswer {
  kpi: string
  label: string
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year'
  unit: UnitFacts
  timezone: string
  /** Of a hundred such periods so many should lie inside the interval. */
  level: number
  data_quality: 'forecast' | 'insufficient_data'
  points: ForecastPoint[]
  model: 'naive' | 'newest' | 'ets' | 'theta' | null
  /** After how many periods the pattern repeats; 1 is never. */
  season: number | null
  /** How it was made, as a sentence. */
  method: string | null
  backtest: BacktestFacts | null
  history: ForecastHistory | null
  /** How many closed periods lie between the history and the first point. */
  lead: number
  needs: ForecastNeeds | null
  /** Why it is withheld. */
  reasons: Reason[]
  generation: number | null
  published_at: string | null
  valid_until: string | null
}

/** What a forecast was made of: published, settled periods in a row. */
export interface ForecastHistory {
  start: string
  end: string
  periods: number
}

/** What would be enough for a forecast that is withheld. */
export interface ForecastNeeds {
  /** So many proved periods in a row are needed. */
  periods: number
  there: number
  /** The first day on which it can be made, if nothing else is missed until then. */
  possible_from: string | null
  /** How many periods ahead can be forecast already; 0 is none. */
  at_most: number
}

/** One period ahead. */
export interface ForecastPoint {
  /** 2026-11-23, 2026-W48, 2026-12. */
  period: string
  start: string
  end: string
  forecast: string
  /** The lower end of the interval. */
  lower: string
  upper: string
}

/** How old the newest data is against what the contract expects: f, 1.5 f, 3 f. */
export type Freshness = 'fresh' | 'acceptable' | 'stale' | 'critical'

/** One step of a funnel beside the one before it and the first; null where one of the two is not known or nobody came. */
export interface FunnelStep {
  title: string
  kpi: string
  value: string | null
  display: string
  /** How many of the step before reached it, in percent. */
  of_previous_pct: string | null
  /** How many of the first step reached it, in percent. */
  of_first_pct: string | null
  /** How many of the step before did not. */
  lost: string | null
  /** The same in percent: the drop-off. */
  lost_pct: string | null
  /** Whether more is lost here than at any other step, in percent. */
  bottleneck: boolean
}

/** The published values of a KPI, one a period. */
export interface History {
  kpi: string
  grain: 'day' | 'week' | 'month' | 'quarter' | 'year'
  unit: UnitFacts
  points: HistoryPoint[]
}

/** A closed period of a history that may reach into days of another currency. */
export interface HistoryPoint {
  start: string
  end: string
  value: string | null
  state: 'actual' | 'estimated' | 'insufficient_data'
  provisional: boolean
  generation: number | null
  /** Of money that was published in another currency than that of `unit`: its own. */
  currency: string | null
}

/** One root cause, and everything that it blocks. */
export interface Incident {
  /** Stays the same for as long as the cause does. */
  id: string
  /** A stable word for programs: check_failed, check_warns, check_missing, model_failed, not_covered, rejected_rows, count_mismatch, shard_silent, late, not_refreshed, awaited, history, no_data, nothing_published. */
  code: string
  /** The same for a person. */
  sentence: string
  /** The stream, model or check that it is about. */
  input: string | null
  since: string | null
  /** Whose it is. */
  owner: string | null
  /** The command that repairs it. */
  repair: string | null
  /** The first 31 shop days that it is about. */
  days: string[]
  /** How many shop days it is about; 0 where it is not about single days. */
  days_count: number
  streams: string[]
  /** The models that it holds back. */
  models: string[]
  /** The checks that fail with it. */
  checks: string[]
  /** How many numbers that people look at it withholds. */
  withheld: number
  /** Critical numbers first. */
  blocks: Blocked[]
}

/** The newest value of the same question that was published; for display only. */
export interface LastGood {
  value: string
  period: PeriodFacts
  published_at: string
  receipt: string
}

/** Where the rows of a table lead. */
export interface LinkFacts {
  label: string
  /** `{key}` in it stands for the row's key, percent-encoded. */
  url: string
}

/** The newest rows of a model, as they happened. */
export interface ListingAnswer {
  listing: string
  label: string
  description: string
  columns: ListingColumnFacts[]
  /** The column by which the rows are ordered, the newest first; it need not be shown. */
  time: string
  rows: ListingRow[]
  more_rows: number
  /** The instant up to which the streams under it are complete; null if never. */
  as_of: string | null
  /** Why newer rows may be missing. */
  reasons: Reason[]
  timezone: string
  generation: number | null
}

/** One column of a listing. */
export interface ListingColumnFacts {
  name: string
  label: string
  kind: 'text' | 'money' | 'count' | 'instant'
}

/** One row, by the names of the listing's columns: amounts are decimal strings, instants ISO 8601. */
export interface ListingRow {
  values: Record<string, string | null>
  currency: string
  tone: 'good' | 'attention' | 'bad' | 'muted' | null
}

/** Where a period that goes on will land if it goes on as it has until now, against its plan. */
export interface PaceFacts {
  period: PacedPeriod
  /** What it should reach; of a month within a longer goal, its seasonal share. */
  plan: string | null
  /** What its complete days make. */
  so_far: string | null
  /** How many complete days of it have passed. */
  days: number
  /** What it will come to; null when withheld, see `reason`. */
  projected: string | null
  projected_pct_of_plan: string | null
  /** `on_track` within 2 % of the plan; null when it cannot be told. */
  status: 'ahead' | 'behind' | 'on_track' | null
  /** How it was projected, as a sentence. */
  method: string | null
  /** How far the same projection of the period before was off after as many days, in % of what it became. */
  backtest_error_pct: string | null
  reason: Reason | null
}

/** The shop days of a goal or milestone, both ends included. */
export interface PacedPeriod {
  /** 2026-03, 2026-Q1, 2026; of a milestone the days from New Year to its end. */
  name: string
  start: string
  end: string
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

/** What a recording, correction, removal or declaration has done. */
export interface Recorded {
  kind: string
  /** The entry; null where completeness was declared. */
  id: string | null
  /** The entry as it stands now; null once removed. */
  entry: Entry | null
  /** From this day on everything is recorded, as far as anybody said. */
  complete_from: string | null
  /** Until this instant: that of the recording. */
  complete_until: string | null
  /** The refresh that works the numbers out anew, once it is asked for. */
  job: number | null
}

/** One row of a list or breakdown. */
export interface Row {
  key: string | null
  value: string | null
  display: string
  n: number | null
  change: string | null
  change_pct: string | null
  /** The highest named step of the target that it reaches. */
  tier: string | null
  reasons: Reason[]
}

/** Tiles under one heading. */
export interface SectionFacts {
  label: string
  /** `table`, `scatter`: the tiles are lists of the same keys in the same order, as the first one that is not withheld has them; one that is withheld has no rows. */
  shape: 'tiles' | 'funnel' | 'table' | 'scatter'
  links: LinkFacts[]
  /** Of a funnel: its steps, in order. */
  funnel: FunnelStep[] | null
  tiles: Tile[]
}

/** One part of a pie. */
export interface Slice {
  /** The dimension's value, or of a pie of KPIs the part's label; null: not stated. */
  key: string | null
  value: string
  display: string
  /** Its part of the whole, in percent. */
  share_pct: string
  /** Whether it stands for all parts that are not slices of their own. */
  rest: boolean
}

/** One stream: how far it is complete, how fresh it is, and who rests on it. */
export interface SourceTrust {
  stream: string
  owner: string | null
  /** null when nothing of it was ever loaded. */
  complete_until: string | null
  newest_load: string | null
  /** Of its newest data against `expected`; null when nothing was ever loaded. */
  freshness: Freshness | null
  /** How old it may be: 26h. Its own declaration, else the shortest that a KPI on it requires. */
  expected: string
  rows: number
  expected_rows: number | null
  /** Shop days between its first and its newest data that are not complete. */
  missing_days: number
  /** The models of KPIs that rest on it. */
  models: string[]
  /** How many KPIs rest on it, through any number of steps. */
  kpis: number
  /** By source and shard. */
  feeds: FeedTrust[]
}

/** What the value should be, and whether it is. */
export interface TargetFacts {
  /** null when it cannot be judged; see `reason`. */
  status: 'met' | 'missed' | 'none' | null
  /** The target as a person reads it: at least 95 %. */
  text: string
  low: string | null
  high: string | null
  /** Of a milestone: the last day on which it may be reached. */
  due: string | null
  /** The highest named step that is reached. */
  tier: string | null
  /** The value from which on it is reached. */
  tier_from: string | null
  /** The next named step; null on the highest. */
  next_tier: string | null
  next_tier_from: string | null
  /** Where the goal's periods will land, the shortest first; the last one is the goal's own. */
  pacing: PaceFacts[]
  reason: Reason | null
}

/** One tile of a board: the answer and the last 30 days, or the last closed periods of the KPI's grain. */
export interface Tile {
  title: string
  answer: Answer
  spark: Point[]
  /** How it is drawn; null: as a plain number, list or table. */
  shape: 'line' | 'gauge' | 'bars' | 'pie' | null
  /** Why it is not drawn as its board asks. */
  undrawn: string | null
  /** Of a line. */
  course: Course | null
  /** Of a pie: the whole, the largest part first. */
  slices: Slice[] | null
}

/** Everything that numbers rest on at one instant, and what is wrong with it. */
export interface TrustReport {
  project: string
  timezone: string
  now: string
  generation: number | null
  published_at: string | null
  /** The instant at which the clock alone may change something here. */
  valid_until: string | null
  /** `blocked`: something that people look at is withheld; `other_days`: only other periods are; `watch`: there are incidents that block nothing. */
  state: 'nothing_loaded' | 'blocked' | 'other_days' | 'watch' | 'well'
  /** How things stand, in one sentence. */
  sentence: string
  /** Incidents that withhold something that people look at. */
  problems: number
  /** Numbers that people look at and that are withheld, each once. */
  blocked: number
  /** How many KPIs were judged. */
  kpis: number
  /** When the checks were run last. */
  checked_at: string | null
  /** What blocks most comes first, critical numbers before all. */
  incidents: Incident[]
  sources: SourceTrust[]
  /** Those that fail first. */
  checks: CheckTrust[]
}

/** How to read the value. */
export interface UnitFacts {
  kind: string
  currency: string | null
  /** Decimal places to show; the value may hold up to six. */
  decimals: number
}
