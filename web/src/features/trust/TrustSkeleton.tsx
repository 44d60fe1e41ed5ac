/** Bars of the final size while the first answer is on its way. */
export function TrustSkeleton() {
  return (
    <div className="section" role="status">
      <span className="unseen">The trust screen is loading.</span>
      <div className="incidents" aria-hidden="true">
        {Array.from({ length: 3 }, (_, index) => (
          <div key={index} className="incident skeleton">
            <i />
            <i />
            <i />
          </div>
        ))}
      </div>
    </div>
  )
}
