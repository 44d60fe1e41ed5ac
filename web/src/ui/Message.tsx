import type { ReactNode } from 'react'
import { Shape, type ShapeName } from './Shape'

interface Props {
  tone: 'attention' | 'bad' | 'good' | 'muted'
  shape: ShapeName
  title: string
  children?: ReactNode
}

/** One thing that the reader should know before the numbers. */
export function Message({ tone, shape, title, children }: Props) {
  return (
    <div className="message" data-tone={tone}>
      <Shape name={shape} tone={tone} />
      <div>
        <p className="message-title">{title}</p>
        {children}
      </div>
    </div>
  )
}
