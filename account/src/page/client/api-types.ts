import type { EwonProperties } from '../../core/records.ts';
import type { AutoRegistrationView, EwonView, GrkView, RegistrationView } from '../../http/views.ts';

// What the admin API answers and takes, by the names the page uses. Types only: nothing of the server comes along.
export type { Change } from '../../bus.ts';
export type { AccountView as Account, LogLineView as LogLine } from '../../http/views.ts';
export type Registration = RegistrationView;
export type Ewon = EwonView;
export type Grk = GrkView;
export type AutoRegistration = AutoRegistrationView;
export type Properties = EwonProperties;

/** `application/problem+json`, read leniently: what stands between us and the server may answer as well. */
export type Problem = { readonly code: string; readonly title: string; readonly detail: string; readonly next: string };
