/** Tiles of the final size while the first answer is on its way: nothing jumps when it arrives. */
export function BoardSkeleton() {
  return (
    <div className="section" role="status">
      <span className="unseen">The board is loading.</span>
      <div className="tiles" data-columns="4" aria-hidden="true">
        {Array.from({ length: 12 }, (_, index) => (
          <div key={index} className="tile skeleton">
            <i />
            <i />
            <i />
            <i />
          </div>
        ))}
      </div>
    </div>
  )
}
