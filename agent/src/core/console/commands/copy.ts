import type { Role, Word } from '../tree.ts';

/** What can be sent to the device by YMODEM. One more is a row here and a handler of its name in cli/console/asks/copy.ts. */
const TO_DEVICE = {
  card: { help: 'T2M.txt and T2M.json, as on a card', role: 'technician' },
  config: { help: 'Settings as in config.json, as the candidate', role: 'administrator' },
  patch: { help: 'A tar of what "account aspu export" wrote', role: 'technician' },
} as const satisfies Readonly<Record<string, { readonly help: string; readonly role: Role }>>;
export type ToDevice = keyof typeof TO_DEVICE;
/** What can be sent by it. */
const FROM_DEVICE = {
  config: { help: 'What can be set at the console, as it is now', role: 'administrator' },
  diag: { help: 'What support needs to see, from the device', role: 'technician' },
} as const satisfies Readonly<Record<string, { readonly help: string; readonly role: Role }>>;
export type FromDevice = keyof typeof FROM_DEVICE;
export type CopyOrderName = `copy ymodem: ${ToDevice}` | `copy ${FromDevice} ymodem:`;

// without a C: a program that sends takes each for the invitation to begin
const SEND = 'Send by YMODEM now. To give up: end it in your terminal program.';
const RECEIVE = 'Take it by YMODEM now. To give up: end it in your terminal program.';

/** Files over the line of the console. */
export const COPY_WORDS: readonly Word[] = [
  {
    ...{ word: 'copy', help: 'A file over this line, by YMODEM', role: 'technician' },
    to: [
      {
        ...{ word: 'ymodem:', help: 'To the device', needs: 'privileged', role: 'technician' },
        to: Object.entries(TO_DEVICE).map(([word, { help, role }]) => ({
          ...{ word, help, role },
          run: { do: 'ask', what: `copy ymodem: ${word as ToDevice}`, isTransfer: true, begins: SEND },
        })),
      },
      ...Object.entries(FROM_DEVICE).map(
        ([word, { help, role }]): Word => ({
          ...{ word, help, role },
          to: [
            {
              ...{ word: 'ymodem:', help: 'By YMODEM' },
              run: { do: 'ask', what: `copy ${word as FromDevice} ymodem:`, isTransfer: true, begins: RECEIVE },
            },
          ],
        }),
      ),
    ],
  },
];
