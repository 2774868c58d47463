import type { Project } from '../api/client';
import type { Tone } from '../design/Rows';
import { ago, counted, shortMoment } from '../format';
import type { Replica } from '../projects/replicas';

/** A folder that says nothing for so long while it isn't in step is told to be away. */
const AWAY_MILLIS = 15 * 60_000;

/** What a folder's last checkpoint proves, in words: `in step, proved at 12:04`, `behind by 312 changes`. */
export function checkpointWords(
  replica: Replica,
  project: Pick<Project, 'epoch' | 'head'>,
  now = Date.now(),
): { tone: Tone; text: string } {
  const seen = Date.parse(replica.seen);
  const away = now - seen > AWAY_MILLIS ? `, last heard of ${ago(seen, now)}` : '';
  if (replica.differs) {
    return { tone: 'care', text: `differs: repairing${away}` };
  }
  if (replica.inStep) {
    const proved = `proved ${whenProved(seen, now)}`;
    return replica.heldBack > 0
      ? { tone: 'care', text: `in step but for ${counted(replica.heldBack, 'entry', 'entries')}, ${proved}` }
      : { tone: 'good', text: `in step, ${proved}` };
  }
  const { agreed, received } = replica;
  const epoch = agreed?.epoch ?? received?.epoch;
  if (epoch !== undefined && epoch !== project.epoch) {
    return { tone: 'care', text: `of an older history: repairing${away}` };
  }
  if (agreed === undefined) {
    return { tone: 'soft', text: `nothing proved yet${away}` };
  }
  const behind = project.head - agreed.sequence;
  return behind > 0
    ? { tone: 'care', text: `behind by ${counted(behind, 'change')}${away}` }
    : { tone: 'soft', text: `about to prove itself${away}` };
}

/** `at 12:04` of today, `on 3 Mar` of another day. */
function whenProved(seen: number, now: number): string {
  const today = new Date(seen).toDateString() === new Date(now).toDateString();
  return `${today ? 'at' : 'on'} ${shortMoment(seen, now)}`;
}
