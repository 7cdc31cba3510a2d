import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';
import type { Cluster } from './clusters.ts';
import { AROUND_M, type WorldPoint } from './mercator.ts';
import { type Located, type Standing, standingOf } from './places.ts';
import { circleAround } from './ring.ts';
import { isIn, spotOf, type View } from './view.ts';

const T = TEXTS.map;
/** A mark or a number just beside the window reaches into it. */
const BESIDE_PX = 30;
/** A circle smaller than the mark itself says nothing. */
const CIRCLE_MIN_PX = 9;
/** Circles of this many times the window are all around it and say nothing either. */
const CIRCLE_MAX_WINDOWS = 6;

type Marks = {
  readonly view: View;
  readonly clusters: readonly Cluster<Located>[];
  readonly chosen: Located | undefined;
  readonly onPick: (members: readonly Located[]) => void;
};

/** What stands on the map: how exact each place is, marks, and numbers where several would lie over one another. */
export function Marks({ view, clusters, chosen, onPick }: Marks) {
  const shown = clusters.filter((cluster) => isIn(view, spotOf(view, cluster), BESIDE_PX));
  const single = shown.flatMap(({ members: [one, ...others] }) => (one && others.length === 0 ? [one] : []));
  return (
    <svg class="marks" width={view.width} height={view.height} aria-hidden="true">
      {[...single, ...(chosen ? [chosen] : [])].map((one) => (
        <Circle key={one.ewon.deviceId} view={view} located={one} chosen={one === chosen} />
      ))}
      {shown.map((cluster) => (
        <Mark
          key={keyOf(cluster)}
          view={view}
          cluster={cluster}
          onPick={onPick}
          chosen={cluster.members[0] === chosen}
        />
      ))}
    </svg>
  );
}

function Circle({
  view,
  located,
  chosen,
}: {
  readonly view: View;
  readonly located: Located;
  readonly chosen: boolean;
}) {
  const { place } = located;
  const radiusPx = (place.accuracy / AROUND_M) * view.scale;
  if (radiusPx < CIRCLE_MIN_PX / 2 || radiusPx > CIRCLE_MAX_WINDOWS * Math.max(view.width, view.height)) return null;
  return (
    <path
      class={`accuracy ${place.source}${chosen ? ' chosen' : ''}`}
      data-device={located.ewon.deviceId}
      d={pathOf(circleAround(place, place.accuracy), view)}
    />
  );
}

/** A closed line in the window; where the world is small, in each turn round it. */
function pathOf(ring: readonly WorldPoint[], view: View): string {
  const turns =
    view.scale < 2 * Math.max(view.width, view.height) ? [-1, 0, 1] : [Math.round(view.x - (ring[0]?.x ?? 0))];
  return turns
    .map((turn) => {
      const corner = ({ x, y }: WorldPoint) =>
        `${((x + turn - view.x) * view.scale + view.width / 2).toFixed(1)} ${((y - view.y) * view.scale + view.height / 2).toFixed(1)}`;
      return `M${ring.map(corner).join('L')}Z`;
    })
    .join('');
}

function Mark(props: {
  readonly view: View;
  readonly cluster: Cluster<Located>;
  readonly chosen: boolean;
  readonly onPick: (members: readonly Located[]) => void;
}) {
  const { left, top } = spotOf(props.view, props.cluster);
  const { members } = props.cluster;
  const [first] = members;
  if (first === undefined) return null;
  const where = `translate(${left.toFixed(1)} ${top.toFixed(1)})`;
  const pick = () => props.onPick(members);
  if (members.length > 1) return <Together members={members} where={where} onPick={pick} />;
  const standing = standingOf(first.ewon);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hidden from assistive technology; the list below the map has the same
    <g
      class={`mark ${standing}${props.chosen ? ' chosen' : ''}`}
      data-device={first.ewon.deviceId}
      transform={where}
      onClick={pick}
    >
      <title>{T.markTitle(harmless(first.ewon.name), T.standing[standing])}</title>
      <circle class="reach" r="16" />
      <Shape standing={standing} />
    </g>
  );
}

/** Each standing has a shape of its own, so that it is known without its colour. */
export function Shape({ standing }: { readonly standing: Standing }) {
  if (standing === 'online') return <circle class="shape" r="7" />;
  if (standing === 'offline') return <rect class="shape" x="-6" y="-6" width="12" height="12" />;
  return <path class="shape" d="M0 -9L9 7H-9Z" />;
}

function Together(props: {
  readonly members: readonly Located[];
  readonly where: string;
  readonly onPick: () => void;
}) {
  const { members } = props;
  const alarms = members.filter(({ ewon }) => ewon.alarms > 0).length;
  const offline = members.filter(({ ewon }) => standingOf(ewon) === 'offline').length;
  const radius = members.length < 10 ? 14 : members.length < 100 ? 17 : 21;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hidden from assistive technology; the list below the map has the same
    <g class="cluster" data-count={members.length} transform={props.where} onClick={props.onPick}>
      <title>{T.clusterTitle(members.length, offline, alarms)}</title>
      <circle class="body" r={radius} />
      <text class="number" y="4.5">
        {members.length}
      </text>
      {alarms > 0 && (
        <g class="mark alarm" transform={`translate(${radius * 0.75} ${-radius * 0.75}) scale(0.75)`}>
          <Shape standing="alarm" />
        </g>
      )}
      {offline > 0 && (
        <g class="mark offline" transform={`translate(${radius * 0.8} ${radius * 0.8}) scale(0.6)`}>
          <Shape standing="offline" />
        </g>
      )}
    </g>
  );
}

function keyOf({ members: [first] }: Cluster<Located>): string {
  return first?.ewon.deviceId ?? '';
}
