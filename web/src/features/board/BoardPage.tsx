import { useEffect, useMemo } from 'react'
import { ApiError } from '../../api/fetch'
import { useBoard } from '../../api/board'
import type { BoardAnswer } from '../../api/types'
import { SlotContext, slotsOf } from '../../charts/slots'
import { useNow } from '../../ui/clock'
import { Failure } from '../../ui/Failure'
import { useMedia } from '../../ui/media'
import { NotFound } from '../../ui/NotFound'
import { BoardHead } from './BoardHead'
import { BoardSkeleton } from './BoardSkeleton'
import { Listing } from './Listing'
import { NothingLoaded } from './NothingLoaded'
import { Notices } from './Notices'
import { phoneSections } from './order'
import { Outdated } from './Outdated'
import { Section } from './Section'

function Sections({ board, now }: { board: BoardAnswer; now: number }) {
  const phone = useMedia('(max-width: 639px)')
  const sections = phone ? phoneSections(board) : board.sections
  const slots = useMemo(() => slotsOf(board.sections.flatMap((section) => section.tiles)), [board])
  return (
    <SlotContext value={slots}>
      {sections.map((section) => (
        <Section key={section.label} section={section} now={now} />
      ))}
    </SlotContext>
  )
}

/** One board: whatever its file declares, in the file's order. */
export function BoardPage({ name }: { name: string }) {
  const { data: board, error, refetch } = useBoard(name)
  const now = useNow(board?.now)
  const retry = () => void refetch()
  useEffect(() => {
    document.title = board ? `${board.label} · ${board.project}` : 'Assay'
  }, [board])
  if (error instanceof ApiError && error.status === 404) return <NotFound what={error.message} />
  if (!board) return error ? <Failure error={error} retry={retry} /> : <BoardSkeleton />
  return (
    <>
      <BoardHead board={board} now={now} />
      {error && <Outdated error={error} retry={retry} />}
      {board.generation === null ? (
        <NothingLoaded board={board} />
      ) : (
        <>
          <Notices notices={board.notices} />
          <Sections board={board} now={now} />
          {board.listings.map((listing) => (
            <Listing key={listing.listing} listing={listing} now={now} />
          ))}
        </>
      )}
    </>
  )
}
