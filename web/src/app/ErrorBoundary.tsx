import { Component, type ReactNode } from 'react'
import { Failure } from '../ui/Failure'

interface State {
  error: Error | null
}

/** A fault in drawing shows itself as a fault, never as an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <Failure
        error={new Error('This page could not be drawn.', { cause: error })}
        retry={() => {
          this.setState({ error: null })
        }}
      />
    )
  }
}
