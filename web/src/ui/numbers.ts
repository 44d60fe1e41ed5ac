/** Numbers as the reader's locale writes them. Values arrive as decimal strings and are never turned into floats here. */
import type { UnitFacts } from '../api/types'

type Options = Intl.NumberFormatOptions

/** One piece of a formatted number: the figures themselves, or the unit beside them. */
export interface Part {
  text: string
  unit: boolean
}

const TIMES: Record<string, string> = { days: 'day', hours: 'hour', minutes: 'minute', milliseconds: 'millisecond' }
const SIGNED: Options = { signDisplay: 'exceptZero' }

function options(unit: UnitFacts): Options {
  const most = { maximumFractionDigits: unit.decimals }
  const fixed = { ...most, minimumFractionDigits: unit.decimals }
  if (unit.kind === 'money' && unit.currency) {
    return { style: 'currency', currency: unit.currency, currencyDisplay: 'narrowSymbol', ...fixed }
  }
  if (unit.kind === 'percent') return { style: 'unit', unit: 'percent', ...fixed }
  const time = TIMES[unit.kind]
  return time ? { style: 'unit', unit: time, unitDisplay: 'long', ...most } : most
}

function formatter(unit: UnitFacts, extra: Options = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { ...options(unit), ...extra })
}

/** The pieces of a formatted number, with a true minus sign in place of the hyphen. */
function pieces(format: Intl.NumberFormat, value: string): Intl.NumberFormatPart[] {
  const found = format.formatToParts(value as Intl.StringNumericLiteral)
  return found.map((part) => (part.type === 'minusSign' ? { ...part, value: part.value.replace('-', '−') } : part))
}

function written(format: Intl.NumberFormat, value: string): string {
  return pieces(format, value)
    .map((part) => part.value)
    .join('')
}

/** The value in one string: `$1,234.50`, `12.5%`, `3.2 days`. */
export function number(value: string, unit: UnitFacts): string {
  return written(formatter(unit), value)
}

/** The value in few figures, for a line of text: `$9.41M`, `94.1%`. */
export function short(value: string, unit: UnitFacts): string {
  return written(formatter(unit, { notation: 'compact', maximumSignificantDigits: 3 }), value)
}

/** An amount that somebody chose: as it is, without decimals where they are zeros. */
export function amount(value: string, unit: UnitFacts): string {
  return written(formatter(unit, { trailingZeroDisplay: 'stripIfInteger' }), value)
}

/** The value in pieces, so that the unit can be set smaller than the figures. */
export function parts(value: string, unit: UnitFacts): Part[] {
  const found: Part[] = []
  for (const { type, value: text } of pieces(formatter(unit), value)) {
    const small = type === 'currency' || type === 'percentSign' || type === 'unit'
    const last = found.at(-1)
    if (last && (last.unit === small || text.trim() === '')) last.text += text
    else found.push({ text, unit: small })
  }
  return found
}

/** A change with its sign, in the KPI's unit; of a percentage it is told in points. */
export function change(value: string, unit: UnitFacts): string {
  if (unit.kind !== 'percent') return written(formatter(unit, SIGNED), value)
  const points = written(new Intl.NumberFormat(undefined, { ...SIGNED, maximumFractionDigits: 1 }), value)
  return `${points} ${/^-?1(\.0*)?$/.test(value) ? 'point' : 'points'}`
}

/** A relative change with its sign: `+8.2%`. */
export function percentChange(value: string): string {
  const one: Options = { style: 'unit', unit: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return written(new Intl.NumberFormat(undefined, { ...SIGNED, ...one }), value)
}

/** A plain count. */
export function count(value: number): string {
  return new Intl.NumberFormat().format(value)
}

/** `1 tile`, `2 tiles`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** A percentage as it stands: `33.3%`. */
export function plainPercent(value: string): string {
  const one: Options = { style: 'unit', unit: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return written(new Intl.NumberFormat(undefined, one), value)
}
