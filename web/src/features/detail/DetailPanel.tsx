import { useLayoutEffect, useRef } from 'react'
import { useBoard } from '../../api/board'
import { useDefinition } from '../../api/definition'
import type { Answer, BoardAnswer } from '../../api/types'
import { useNow } from '../../ui/clock'
import { Failure } from '../../ui/Failure'
import { leave } from '../../ui/route'
import { AnswerFacts } from './AnswerFacts'
import { DefinitionFacts } from './DefinitionFacts'
import { DetailHead } from './DetailHead'
import { ForecastSection } from './ForecastSection'
import { HistorySection } from './HistorySection'
import { Pacing } from './Pacing'

interface Props {
  board: string | null
  kpi: string
  period: string | null
  by: string | null
  /** The address without the detail. */
  closed: string
}

/** The board's own answer to the question, so that tile and detail never differ. */
function onBoard(board: BoardAnswer | undefined, { kpi, period, by }: Props): Answer | undefined {
  const answers = board?.sections.flatMap((section) => section.tiles.map((tile) => tile.answer))
  return answers?.find((answer) => answer.kpi === kpi && (!period || answer.period.name === period) && answer.by === by)
}

function Skeleton() {
  return (
    <div className="skeleton detail-skeleton" role="status">
      <span className="unseen">The detail is loading.</span>
      <i />
      <i />
      <i />
    </div>
  )
}

function Body(props: Props & { close: () => void }) {
  const { kpi, period, close } = props
  const board = useBoard(props.board).data
  const shown = onBoard(board, props)
  const definition = useDefinition(kpi, period, shown)
  const answer = shown ?? definition.data?.answer
  const now = useNow(board?.now ?? answer?.published_at ?? undefined)
  return (
    <>
      <DetailHead title={definition.data?.label ?? answer?.label ?? kpi} answer={answer} now={now} close={close} />
      <div className="detail-body">
        {answer && <AnswerFacts answer={answer} now={now} />}
        {answer && <Pacing answer={answer} />}
        {answer && !answer.rows && !answer.cohorts && <HistorySection answer={answer} />}
        {answer && !answer.rows && !answer.cohorts && <ForecastSection answer={answer} />}
        {definition.data && <DefinitionFacts definition={definition.data} zone={answer?.period.timezone ?? 'UTC'} />}
        {definition.isPending && <Skeleton />}
        {definition.error && !definition.data && <Failure error={definition.error} retry={() => void definition.refetch()} />}
      </div>
    </>
  )
}

/** Everything that a number rests on, beside the board. Esc closes it; the address opens it again. */
export function DetailPanel(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => {
    leave(props.closed)
  }
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // Closing before the element goes is what gives the focus back to the tile.
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="detail"
      aria-labelledby="detail-title"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close()
      }}
    >
      <div className="detail-sheet">
        <Body {...props} close={close} />
      </div>
    </dialog>
  )
}
