import type { EwonProperties } from '../../core/records.ts';
import type { MeView } from '../../http/admin-me.ts';
import type { RolloutBody } from '../../http/admin-rollouts.ts';
import type { EwonCountsView, EwonPageView, EwonRowView, LocatedView } from '../../http/list-views.ts';
import type { PatchEwonView, PatchesView, PatchRolloutView, PatchView } from '../../http/patch-views.ts';
import type { SignInRules } from '../../http/session.ts';
import type {
  AlarmView,
  AutoRegistrationView,
  EwonView,
  GrkView,
  PolicyView,
  RegistrationView,
} from '../../http/views.ts';

// What the admin API answers and takes, by the names the page uses. Types only: nothing of the server comes along.
export type { Change } from '../../bus.ts';
export type { Permission } from '../../core/permissions.ts';
export type { AccountView as Account, LogLineView as LogLine } from '../../http/views.ts';
export type Me = MeView;
export type Registration = RegistrationView;
export type Ewon = EwonView;
/** An Ewon in a page of the list, and one with no more than the map shows. */
export type EwonRow = EwonRowView;
export type EwonPage = EwonPageView;
export type LocatedEwon = LocatedView;
export type Counts = EwonCountsView;
/** Where an Ewon is, and who does not allow that it is known. */
export type Place = NonNullable<EwonView['location']>;
export type PlaceOff = NonNullable<EwonView['locationOff']>;
export type Alarm = AlarmView;
export type Wan = NonNullable<EwonView['wan']>;
export type Grk = GrkView;
export type Policy = PolicyView;
export type Patches = PatchesView;
export type Patch = PatchView;
export type PatchEwon = PatchEwonView;
export type PatchWithEwons = PatchView & { readonly ewons: readonly PatchEwonView[] };
export type PatchRollout = PatchRolloutView;
export type RolloutOrder = RolloutBody;
export type AutoRegistration = AutoRegistrationView;
export type Properties = EwonProperties;

/** `application/problem+json`, read leniently: what stands between us and the server may answer as well. */
export type Problem = {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly next: string;
  /** Of a sign-in that asks for more. */
  readonly rules?: SignInRules;
};
