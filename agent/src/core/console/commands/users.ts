import { type Prompt, ROLES, type Value, type Word } from '../tree.ts';
import { isRole, isUserName } from '../users.ts';

export type UserOrderName =
  | 'user add'
  | 'user password'
  | 'user password of'
  | 'user remove'
  | 'user role'
  | 'show users'
  | 'show audit';

const NAME = { label: 'name', help: 'A user: 1 to 32 of a-z 0-9 . _ -', isValid: isUserName } satisfies Value;
const ROLE = {
  ...{ label: ROLES.join('|'), help: 'Who looks; who commissions; who lets people in' },
  isValid: isRole,
} satisfies Value;
const NEW: readonly Prompt[] = [
  { label: 'New password', isSecret: true },
  { label: 'Again', isSecret: true },
];

/** Who may log in at the serial console. */
export const USER_WORDS: readonly Word[] = [
  {
    ...{ word: 'user', help: 'Users of the serial console' },
    to: [
      {
        ...{ word: 'add', help: 'Let somebody in', needs: 'privileged', role: 'administrator' },
        value: {
          ...NAME,
          to: [
            {
              ...{ word: 'role', help: 'What he may' },
              value: { ...ROLE, run: { do: 'ask', what: 'user add', prompts: NEW } },
            },
          ],
        },
      },
      {
        ...{ word: 'password', help: "One's own password, or that of another" },
        run: { do: 'ask', what: 'user password', prompts: [{ label: 'Old password', isSecret: true }, ...NEW] },
        to: [
          {
            ...{ word: 'of', help: 'Of another user', needs: 'privileged', role: 'administrator' },
            value: { ...NAME, run: { do: 'ask', what: 'user password of', prompts: NEW } },
          },
        ],
      },
      {
        ...{ word: 'remove', help: 'Let somebody in no more', needs: 'privileged', role: 'administrator' },
        value: { ...NAME, run: { do: 'ask', what: 'user remove' } },
      },
      {
        ...{ word: 'role', help: 'Change what somebody may', needs: 'privileged', role: 'administrator' },
        value: { ...NAME, value: { ...ROLE, run: { do: 'ask', what: 'user role' } } },
      },
    ],
  },
];

export const SHOW_USER_WORDS: readonly Word[] = [
  {
    ...{ word: 'audit', help: 'Who did what at consoles', role: 'administrator' },
    run: { do: 'ask', what: 'show audit' },
  },
  {
    ...{ word: 'users', help: 'Who may log in at the serial console', role: 'administrator' },
    run: { do: 'ask', what: 'show users' },
  },
];
