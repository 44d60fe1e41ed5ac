/** Words that are small inside a sentence; any other first word may be a name and keeps its capital. */
const SMALL = /^(The|A|An|There|Without|This|That|These|Those|It|Its|No|Not|Nothing|Only|Last|Both|At|In|On|For|From)\b/

/** A sentence that goes on after a colon: its first letter small where that cannot be a name. */
export function afterColon(sentence: string): string {
  return SMALL.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
}
