import { useBoard } from '../api/board'
import { useBoards } from '../api/boards'
import { useTrust } from '../api/trust'
import { follow } from '../ui/route'
import { boardPath } from './paths'

const go = follow('push')

function ProjectName({ board }: { board: string }) {
  return <span className="project">{useBoard(board).data?.project}</span>
}

function ReportName() {
  return <span className="project">{useTrust().data?.project}</span>
}

/** The project's name, its boards, and what they rest on. */
export function Nav({ current, trust }: { current: string | null; trust: boolean }) {
  const { data: boards } = useBoards()
  return (
    <header className="top">
      <div className="top-inner">
        <a className="brand" href="/" onClick={go}>
          <span className="brand-name">Assay</span>
          {current && <ProjectName board={current} />}
          {trust && <ReportName />}
        </a>
        <nav aria-label="Boards">
          <ul className="boards">
            {boards?.map(({ board, label }) => (
              <li key={board}>
                <a href={boardPath(board)} onClick={go} aria-current={board === current ? 'page' : undefined}>
                  {label}
                </a>
              </li>
            ))}
            <li>
              <a href="/trust" onClick={go} aria-current={trust ? 'page' : undefined}>
                Trust
              </a>
            </li>
          </ul>
        </nav>
      </div>
    </header>
  )
}
