import { useBoard } from '../api/board'
import { useBoards } from '../api/boards'
import { follow } from '../ui/route'
import { boardPath } from './paths'

const go = follow('push')

function ProjectName({ board }: { board: string }) {
  return <span className="project">{useBoard(board).data?.project}</span>
}

/** The project's name and its boards. */
export function Nav({ current }: { current: string | null }) {
  const { data: boards } = useBoards()
  return (
    <header className="top">
      <div className="top-inner">
        <a className="brand" href="/" onClick={go}>
          <span className="brand-name">Assay</span>
          {current && <ProjectName board={current} />}
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
          </ul>
        </nav>
      </div>
    </header>
  )
}
