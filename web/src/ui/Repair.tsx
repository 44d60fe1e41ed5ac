/** What repairs it: a sentence with commands between backticks, a sentence without any, or a command alone. */
export function Repair({ text }: { text: string }) {
  const parts = text.split('`')
  if (parts.length === 1) return text.startsWith('assay ') ? <code>{text}</code> : <>{text}</>
  return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : <span key={index}>{part}</span>))
}
