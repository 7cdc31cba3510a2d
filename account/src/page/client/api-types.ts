import type { EwonProperties } from '../../core/records.ts';
import type { AutoRegistrationView, EwonView, GrkView, PolicyView, RegistrationView } from '../../http/views.ts';

// What the admin API answers and takes, by the names the page uses. Types only: nothing of the server comes along.
export type { Change } from '../../bus.ts';
export type { AccountView as Account, LogLineView as LogLine } from '../../http/views.ts';
export type Registration = RegistrationView;
export type Ewon = EwonView;
/** Where an Ewon is, and who does not allow that it is known. */
export type Place = NonNullable<EwonView['location']>;
export type PlaceOff = NonNullable<EwonView['locationOff']>;
export type Wan = NonNullable<EwonView['wan']>;
export type Grk = GrkView;
export type Policy = PolicyView;
export type AutoRegistration = AutoRegistrationView;
export type Properties = EwonProperties;

/** `application/problem+json`, read leniently: what stands between us and the server may answer as well. */
export type Problem = { readonly code: string; readonly title: string; readonly detail: string; readonly next: string };
