import { useBoards } from '../api/boards'
import { BoardPage } from '../features/board/BoardPage'
import { BoardSkeleton } from '../features/board/BoardSkeleton'
import { DetailPanel } from '../features/detail/DetailPanel'
import { RecordPage } from '../features/record/RecordPage'
import { TrustPage } from '../features/trust/TrustPage'
import { Failure } from '../ui/Failure'
import { NotFound } from '../ui/NotFound'
import { useAddress } from '../ui/route'
import { ErrorBoundary } from './ErrorBoundary'
import { Nav } from './Nav'
import { boardName, isTrust, recordKind } from './paths'

/** The board that the address names: the first one at `/`, none elsewhere. */
function Page({ path }: { path: string }) {
  const boards = useBoards()
  if (isTrust(path)) return <TrustPage />
  const kind = recordKind(path)
  if (kind !== null) return <RecordPage key={kind} name={kind} />
  if (path !== '/') {
    const name = boardName(path)
    return name ? <BoardPage key={name} name={name} /> : <NotFound what="The address has a mistake in it." />
  }
  if (boards.data) {
    const [first] = boards.data
    return first ? <BoardPage key={first.board} name={first.board} /> : <NotFound what="This project has no boards yet." />
  }
  return boards.error ? <Failure error={boards.error} retry={() => void boards.refetch()} /> : <BoardSkeleton />
}

export function App() {
  const address = useAddress()
  const boards = useBoards()
  const name = boardName(address.pathname) ?? (address.pathname === '/' ? (boards.data?.[0]?.board ?? null) : null)
  const kpi = address.searchParams.get('kpi')
  return (
    <>
      <Nav current={name} trust={isTrust(address.pathname)} record={recordKind(address.pathname) !== null} />
      <main className="page">
        <ErrorBoundary key={address.pathname}>
          <Page path={address.pathname} />
        </ErrorBoundary>
      </main>
      {kpi && (
        <DetailPanel
          board={name}
          kpi={kpi}
          period={address.searchParams.get('period')}
          by={address.searchParams.get('by')}
          closed={address.pathname}
        />
      )}
    </>
  )
}
