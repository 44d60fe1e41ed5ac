import type { Reason } from '../../api/types'
import { Guidance } from '../../ui/answer/Guidance'
import { Message } from '../../ui/Message'
import { TrustLink } from '../../ui/TrustLink'

/** What concerns the whole board, once and on top. */
export function Notices({ notices }: { notices: Reason[] }) {
  return notices.map((notice) => {
    const { sentence, ...rest } = notice
    return (
      <Message key={notice.code + sentence} tone="attention" shape="info" title={sentence}>
        {notice.code === 'problems' ? <TrustLink>See what is wrong and how to repair it</TrustLink> : (rest.owner ?? rest.repair) && <Guidance reason={{ ...notice, sentence: '' }} />}
      </Message>
    )
  })
}
