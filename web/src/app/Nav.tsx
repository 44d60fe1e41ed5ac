import { useBoard } from '../api/board'
import { useBoards } from '../api/boards'
import { useEntryKinds } from '../api/entries'
import { useTrust } from '../api/trust'
import { follow } from '../ui/route'
import { BoardLinks } from './BoardLinks'

const go = follow('push')

function ProjectName({ board }: { board: string }) {
  return <span className="project">{useBoard(board).data?.project}</span>
}

function ReportName() {
  return <span className="project">{useTrust().data?.project}</span>
}

/** The project's name, its boards, what they rest on, and what is recorded by hand where something is. */
export function Nav({ current, trust, record }: { current: string | null; trust: boolean; record: boolean }) {
  const { data: boards } = useBoards()
  const { data: kinds } = useEntryKinds()
  return (
    <header className="top">
      <div className="top-inner">
        <a className="brand" href="/" onClick={go}>
          <span className="brand-name">Assay</span>
          {current && <ProjectName board={current} />}
          {(trust || record) && <ReportName />}
        </a>
        <nav aria-label="Boards">
          {boards && <BoardLinks boards={boards} current={current} />}
          <ul className="links">
            <li>
              <a href="/trust" onClick={go} aria-current={trust ? 'page' : undefined}>
                Trust
              </a>
            </li>
            {kinds && kinds.length > 0 && (
              <li>
                <a href="/record" onClick={go} aria-current={record ? 'page' : undefined}>
                  Record
                </a>
              </li>
            )}
          </ul>
        </nav>
      </div>
    </header>
  )
}
