// Every failure or outcome that a person may meet. A code is stable for ever; docs/errors.md is generated from
// this table and held equal to it by a test. `text` says what happened, `next` what to do about it.
// One file of more than 400 lines, because a person looks a code up in one place. Sorted by area. Severity: error = a person must act, warn = degraded and we go on, info = a milestone.

export type Severity = 'info' | 'warn' | 'error';
type Entry = { readonly severity: Severity; readonly text: string; readonly next: string };

export const CODES = {
  // --- the card as a medium
  CARD_USABLE: entry('info', 'The card can register an Ewon.', 'Put it into an unregistered Ewon.'),
  CARD_NO_T2M: entry(
    'error',
    'There is no T2M.txt in the root of the first partition.',
    'Write the card again with "sdcard export".',
  ),
  CARD_NOT_FAT: entry(
    'error',
    'The first partition is not FAT12, FAT16, FAT32 or exFAT.',
    'Format the card as FAT32 and write it again with "sdcard export".',
  ),
  CARD_EXFAT: entry(
    'error',
    'The card is formatted as exFAT, which is read but never written.',
    'Format it as FAT32, for example with "mkfs.vfat -F 32", or write an image of "sdcard make-image" onto it.',
  ),
  CARD_UNREADABLE: entry(
    'error',
    'The card could not be read.',
    'Pull it and put it in again; if it stays, use another card.',
  ),
  CARD_UNWRITABLE: entry(
    'error',
    'The card could not be written.',
    'Check its write-protect switch; if it stays, use another card.',
  ),
  CARD_GONE: entry(
    'warn',
    'The card was pulled while it was being read.',
    'Put it in again and wait for the LED to turn green or red.',
  ),
  CARD_TOO_LARGE: entry(
    'error',
    'A file on the card is larger than its limit.',
    'Write the card again with "sdcard export".',
  ),
  CARD_MEDIUM_TOO_LARGE: entry('error', 'The medium is larger than 128 GB.', 'Use a medium of at most 128 GB.'),
  CARD_NOT_A_FILE: entry(
    'error',
    'A file on the card is not an ordinary file.',
    'Write the card again with "sdcard export".',
  ),
  CARD_BUDGET: entry(
    'error',
    'The file system asked for more reads than a sound card needs.',
    'Format the card as FAT32 and write it again with "sdcard export".',
  ),
  CARD_DAMAGED: entry(
    'error',
    'The file system on the card contradicts itself.',
    'Format the card as FAT32 and write it again with "sdcard export".',
  ),
  CARD_MOUNT_UNSAFE: entry(
    'error',
    'The card is mounted in a way that lets it do more than be read.',
    'Mount it with "nosuid,nodev,noexec", and with "ro,nosymfollow" as well where nothing is written on it.',
  ),
  CARD_TAKEN: entry(
    'error',
    'The card holds another registration already.',
    'Use another card, or add --force to replace what is on it.',
  ),
  CARD_KEY_LEFT: entry(
    'error',
    'A registration key still stands on the card, outside of the files that were wiped.',
    'Run "sdcard wipe --full" and remove copies under other names, or renew the key in the account.',
  ),
  CARD_FULL: entry('error', 'The medium has no room for the files.', 'Delete files from it or use another medium.'),
  CARD_IGNORED_LINKED: entry(
    'warn',
    'This Ewon is linked already, so the card was ignored.',
    'Remove the Ewon from its account first, or run "ewon-agent forget".',
  ),
  CARD_ALREADY_PENDING: entry(
    'info',
    'This card asked already; the request waits for approval.',
    'Approve the Ewon on the account page.',
  ),
  CARD_SUPERSEDED: entry(
    'info',
    'A newer card took the place of this request.',
    'Nothing; the newer card is asking now.',
  ),
  CARD_SPENT: entry(
    'error',
    'The key on this card was used and wiped.',
    'Nothing in the Ewon that used it; for another one write the card again with "sdcard export".',
  ),
  CARD_SLOT_OFF: entry(
    'warn',
    'Cards in this slot are not read, because the configuration says so.',
    'Set SDConfigEnable or USBConfigEnable to 1 and restart the agent.',
  ),
  CARD_FILE_NOT_TAKEN: entry(
    'warn',
    "A file on the card is for the Ewon's own firmware, and this agent has no way to hand it over.",
    "Put the card into the Ewon's own slot, or send the file to it by FTP.",
  ),
  CARD_FILES_LOADED: entry('info', "The Ewon's firmware took the files of the card.", 'Pull the card.'),
  CARD_RECEIPT_WRITTEN: entry('info', 'RESULT.TXT on the card was written.', 'Nothing.'),
  CARD_WIPED: entry('info', 'The key was wiped from the card.', 'Nothing; the card is free for another key.'),
  // --- what an Ewon says of its slots, in its words (AUG-0062 §7)
  SD_INSERTED: entry('info', 'The SD device has been inserted.', 'Wait for the LED to turn green or red.'),
  SD_REMOVED: entry('info', 'The SD device has been removed.', 'Nothing.'),
  SD_FILE_LOADED: entry('info', 'Successfully load SD file.', 'Nothing.'),
  USB_INSERTED: entry('info', 'The USB device has been inserted.', 'Wait for the LED to turn green or red.'),
  USB_REMOVED: entry('info', 'The USB device has been removed.', 'Nothing.'),
  USB_FILE_LOADED: entry('info', 'Successfully load USB file.', 'Nothing.'),
  SLOT_DEVICE_REFUSED: entry(
    'warn',
    'Something that is no card was plugged into a slot and was locked out.',
    'Pull it; a keyboard or a network adapter in a card slot is an attack or a mistake.',
  ),
  // --- T2M.txt
  T2M_EMPTY: entry('error', 'T2M.txt is empty.', 'Write the card again with "sdcard export".'),
  T2M_ENCODING: entry(
    'error',
    'T2M.txt is not plain ASCII text.',
    'Save it as ASCII (not UTF-16) or write the card again with "sdcard export".',
  ),
  T2M_LINE_END: entry('error', 'T2M.txt has bare carriage returns as line ends.', 'Use CRLF or LF line ends.'),
  T2M_LINE_UNKNOWN: entry(
    'error',
    'T2M.txt has a line that is neither T2MKey: nor T2MNote:.',
    'Remove the line or write the card again with "sdcard export".',
  ),
  T2M_KEY_MISSING: entry('error', 'T2M.txt has no T2MKey: line.', 'Write the card again with "sdcard export".'),
  T2M_KEY_TWICE: entry(
    'error',
    'T2M.txt has more than one T2MKey: line.',
    'Keep one key or write the card again with "sdcard export".',
  ),
  T2M_KEY_FORM: entry(
    'error',
    'The key in T2M.txt is not A01- followed by 32 characters 0-9 A-Z.',
    'Export the key again from the account page.',
  ),
  T2M_NOTE_TWICE: entry(
    'error',
    'T2M.txt has more than one T2MNote: line.',
    'Keep one note or write the card again with "sdcard export".',
  ),
  T2M_NOTE_TOO_LONG: entry(
    'error',
    'The note in T2M.txt is longer than 140 characters.',
    'Shorten the note to 140 ASCII characters.',
  ),
  // --- T2M.json
  T2MJSON_BAD: entry(
    'error',
    'T2M.json is not a card manifest of a version we know.',
    'Write the card again with "sdcard export".',
  ),
  T2MJSON_SIGNATURE_BAD: entry(
    'error',
    'The signature of T2M.json does not fit its content.',
    'Write the card again with "sdcard export".',
  ),
  T2MJSON_MISMATCH: entry(
    'error',
    'T2M.json belongs to another T2M.txt.',
    'Write the card again with "sdcard export".',
  ),
  T2MJSON_UNTRUSTED: entry(
    'error',
    'T2M.json names an account key other than the configured one.',
    'Use a card of the configured account, or change "account.trust" in the configuration.',
  ),
  // --- drives and images (sdcard command)
  IMAGE_MADE: entry('info', 'The card image was made.', 'Write a key onto it with "sdcard export".'),
  FLEET_MADE: entry('info', 'All images of the list were made.', 'Write each onto the card of its device.'),
  FLEET_REFUSED: entry(
    'error',
    'Rows of the list cannot become cards, so nothing was made.',
    'Correct the rows that are named and run it again.',
  ),
  FLEET_INCOMPLETE: entry(
    'error',
    'Not all images of the list could be made.',
    'Remove the cause that is named and run it again with --force.',
  ),
  CSV_BAD: entry(
    'error',
    'The list of devices is not of the form it must have.',
    'Give it a first line with the columns name, and as needed note, key-file, key-id, receipt and wipe.',
  ),
  EWON_LIST_BAD: entry(
    'error',
    'The list of Ewons is not of the form it must have.',
    'Export the list of Ewons, change that file, and save it as "CSV UTF-8 (comma delimited)".',
  ),
  CSV_NOT_UTF8: entry(
    'error',
    'The list is not a CSV file in UTF-8, so letters of names would be lost.',
    'Save it in the spreadsheet as "CSV UTF-8 (comma delimited)" and give that file.',
  ),
  TARGET_MISSING: entry(
    'error',
    'The target does not exist.',
    'Check the path; make an image first with "sdcard make-image".',
  ),
  TARGET_REFUSED: entry(
    'error',
    'The target cannot be used.',
    'Choose an image file, a directory or a removable drive.',
  ),
  DRIVE_USABLE: entry('info', 'The drive can take a card.', 'Write a key onto it with "sdcard export".'),
  DRIVE_NONE: entry(
    'error',
    'No drive that can take a card is plugged in.',
    'Plug in a card reader with a card or a USB stick, or make an image with "sdcard make-image".',
  ),
  DRIVE_SYSTEM: entry(
    'error',
    'The drive belongs to the running system, and nothing is ever written there.',
    'Choose the drive of the card; "sdcard list" shows which can take one.',
  ),
  DRIVE_IN_USE: entry('error', 'The drive is in use.', 'Unmount it, or stop what uses it, and try again.'),
  DRIVE_NOT_REMOVABLE: entry(
    'error',
    'The drive is built in, so it is no card.',
    'Choose the drive of the card; "sdcard list" shows which can take one.',
  ),
  DRIVE_NO_MEDIUM: entry('error', 'There is no card in the drive.', 'Put a card in and try again.'),
  DRIVE_READ_ONLY: entry(
    'error',
    'The drive takes no writes.',
    'Check the write-protect switch of the card; if it stays, use another card.',
  ),
  DRIVE_UNKNOWN: entry(
    'error',
    'The system does not say what this block device is, so nothing is written there.',
    'Choose the drive of the card; "sdcard list" shows which can take one.',
  ),
  // --- registration, as the account answers it
  GRK_UNKNOWN: entry(
    'error',
    'The account does not know this registration key.',
    'Export the key again from the account page and write a new card.',
  ),
  GRK_REVOKED: entry(
    'error',
    'This registration key was renewed and is no longer valid.',
    'Write a new card with the present key.',
  ),
  GRK_USED_UP: entry(
    'error',
    'As many Ewons as this registration key is for have been approved with it, or wait.',
    'Raise the limit of the key on the account page, or write a card with another key.',
  ),
  GRK_EXPIRED: entry(
    'error',
    'This registration key has expired, or the card is used outside its dates.',
    'Write a new card with a valid key.',
  ),
  AUTOREGISTRATION_OFF: entry(
    'error',
    'The account has switched auto-registration off.',
    'Switch it on in the account, then put the card in again.',
  ),
  REQUEST_REUSED: entry('error', 'This request id was used already with another device key.', 'Put the card in again.'),
  SERIAL_ACTIVE: entry(
    'error',
    'An Ewon with this serial number is linked and online.',
    'Remove that Ewon from the account, or check which device has this serial.',
  ),
  PENDING_QUOTA: entry(
    'error',
    'Too many Ewons wait for approval.',
    'Approve or reject pending Ewons, then put the card in again.',
  ),
  RATE_LIMITED: entry('warn', 'Too many requests came from this network.', 'Nothing; the agent tries again later.'),
  REJECTED: entry(
    'error',
    'A person rejected this Ewon.',
    'Ask the account administrator, then put the card in again.',
  ),
  VOID: entry(
    'error',
    'The request became void: the key was renewed or auto-registration was switched off while it was pending.',
    'Write a new card and put it in.',
  ),
  PENDING_EXPIRED: entry('error', 'Nobody approved the request in time.', 'Put the card in again.'),
  UNLINKED: entry('warn', 'The account removed this Ewon.', 'Put in a card to register it again.'),
  REGISTRATION_PENDING: entry('info', 'The request waits for approval.', 'Approve the Ewon on the account page.'),
  REPLACE_PROPOSED: entry(
    'info',
    'An Ewon with this serial number exists; replacing it is proposed.',
    'Choose Replace or Approve on the account page.',
  ),
  RENEWAL_PENDING: entry(
    'error',
    'The certificate ended so long ago that a person decides about a new one.',
    'Allow it with "account renew EWON"; the Ewon asks again by itself.',
  ),
  CERTIFICATE_RENEWED: entry('info', 'The Ewon has a new certificate and has used it.', 'Nothing.'),
  IDENTITY_QUARANTINED: entry(
    'error',
    'Two boards seem to use the identity of this Ewon, so neither is let in.',
    'Find and stop the copy, then "account release EWON"; docs/identity.md says how.',
  ),
  REGISTERED: entry('info', 'The Ewon was approved and is linked.', 'Nothing; it goes online by itself.'),
  REPLACED: entry('info', 'The Ewon took the place of an existing one.', 'Nothing; it goes online by itself.'),
  FORGOTTEN: entry('info', 'The Ewon was unlinked from its account.', 'Put in a card to register it again.'),
  REGISTRATION_SENT: entry('info', 'The registration request was saved and is being sent.', 'Nothing.'),
  // --- requests at the account's door
  REGISTER_LINKED: entry(
    'error',
    'This Ewon has an account already.',
    'Type "register move" to change to the other account, or "forget" to unlink it.',
  ),
  REGISTER_KEY_BAD: entry(
    'error',
    'What was typed is not a key: A01- followed by 32 characters 0-9 A-Z.',
    'Type it again as the account page shows it; paste it if you can.',
  ),
  WIZARD_LINKED: entry(
    'error',
    'This Ewon is linked, or its account was not told yet that it is to be unlinked.',
    'Type "forget" first, wait until it is unregistered, and run the wizard again.',
  ),
  WIZARD_INTERRUPTED: entry(
    'error',
    'The account never had what the wizard asked: it was cut off before.',
    'Run the wizard again; the password is not kept.',
  ),
  WIZARD_SUPERSEDED: entry(
    'info',
    'Another registration took the place of what the wizard asked.',
    'Nothing; see "show registration".',
  ),
  MOVE_SENT: entry('info', 'The account ordered this Ewon to another account, which is being asked.', 'Nothing.'),
  MOVED: entry('info', 'The Ewon is in another account now.', 'Nothing; it goes online there by itself.'),
  MOVE_UNKNOWN: entry(
    'error',
    'The other account does not expect this Ewon, or not any more.',
    'Import it again on the page of the account it is to go to.',
  ),
  MOVE_FOREIGN: entry(
    'error',
    'Another account than the one that was named answered; this Ewon stays where it is.',
    'Import it again; if that happens again, look who answers at the address of that account.',
  ),
  MOVE_PINNED: entry(
    'error',
    'The configuration of this Ewon names the key of the only account that it may belong to.',
    'Put the key of the other account into its "account.key", or set "account.trust" to "card"; then import it again.',
  ),
  MOVE_SUPERSEDED: entry(
    'info',
    'A newer order to another account took the place of this one.',
    'Nothing; see what became of the newer one.',
  ),
  MOVE_TOLD: entry('info', 'The account this Ewon was in knows that it has moved.', 'Nothing.'),
  MOVE_UNTOLD: entry(
    'warn',
    'The account this Ewon was in could not be told that it has moved.',
    'Remove the Ewon there, if that account still shows it and cannot be reached.',
  ),
  BAD_NONCE: entry(
    'warn',
    'The nonce is missing, too old or used already.',
    'Nothing; the agent takes a new one and tries again.',
  ),
  BAD_SIGNATURE: entry(
    'error',
    'The signature or the key binding of a request does not fit.',
    'Put the card in again; if it stays, the key on the card is not the one of the account.',
  ),
  BAD_REQUEST: entry(
    'error',
    'A request is not of the form it must have.',
    'Update the agent or the client that sent it.',
  ),
  FIELD_UNFIT: entry(
    'error',
    'What was typed into a field is not what may stand there.',
    'Correct the field that is named, as it says, and send it again.',
  ),
  NOT_FOUND: entry('error', 'There is nothing with this name.', 'Check the name; the list shows what exists.'),
  CONFLICT: entry('error', 'This is not possible in the present state.', 'Reload and look at the present state.'),
  NAME_TAKEN: entry('error', 'An Ewon of this account has this name already.', 'Choose another name.'),
  BULK_COUNT_CHANGED: entry(
    'error',
    'Another number of Ewons is found by now than the order is for. Nothing was done.',
    'Look at the list again, and give the order for those that are found now.',
  ),
  ACCOUNT_RUNNING_ALREADY: entry(
    'error',
    'Another account server runs on the same state directory.',
    'Stop the other one first, or give this one a state directory of its own.',
  ),
  ACCOUNT_NOT_RUNNING: entry(
    'error',
    'No account server runs on this state directory.',
    'Start it with "account serve --state DIR", or check --state.',
  ),
  ACCOUNT_KEYS_FOREIGN: entry(
    'error',
    'The keys of this account server are not those of the account in the database.',
    'Give all servers of one account the same folder with --keys, and the database that it was made for.',
  ),
  DATABASE_UNREACHABLE: entry(
    'error',
    'The database cannot be reached, or it refuses this account server.',
    'Check that PostgreSQL runs, the URL, and the password (PGPASSWORD, ~/.pgpass or --database-file).',
  ),
  DATABASE_TOOLS: entry(
    'error',
    'A program of PostgreSQL failed or cannot be run.',
    'Install the Debian package "postgresql-client", as new as the server or newer, and look at the rights of the user.',
  ),
  BACKUP_DAMAGED: entry(
    'error',
    'The backup is cut short or changed, or it is none; nothing was written.',
    'Take another copy of it, or an older backup, and try it with "account backup verify FILE".',
  ),
  BACKUP_LOCKED: entry(
    'error',
    'This passphrase or key does not open the backup; nothing was written.',
    'Name the one that it was taken with: --passphrase-file, or --identity-file.',
  ),
  BACKUP_NEWER: entry(
    'error',
    'The backup was taken by a newer account server; nothing was written.',
    'Install at least the version that it was taken with.',
  ),
  RESTORE_NOT_EMPTY: entry(
    'error',
    'An account is restored into an empty place only; nothing was written.',
    'Name a directory that is not there yet, and with PostgreSQL a database that was made just now.',
  ),
  ACCOUNT_RESTORED: entry(
    'warn',
    'The account was restored from a backup; what happened after it is not known here.',
    'Remove the Ewons and renew the keys that were taken out of use since then; see docs/backup.md.',
  ),
  EWON_UNKNOWN: entry(
    'warn',
    'An Ewon with a certificate of this account is not known here, and was not let in.',
    'Restore a later backup; or run "ewon-agent forget" on it and register it again with a card.',
  ),
  NOT_SIGNED_IN: entry(
    'error',
    'This needs somebody who is signed in.',
    'Open the one-time sign-in link that "account serve" printed, or sign in by password.',
  ),
  SIGN_IN_FAILED: entry(
    'error',
    'The login or the password is wrong.',
    'Try again; ten failures lock out for 15 minutes. An administrator can set a new password.',
  ),
  LOCKED_OUT: entry(
    'error',
    'Too many sign-ins failed: this user or this network is locked out.',
    'Wait 15 minutes, or have it ended under "Users", or with "account user unlock" (a network with --network).',
  ),
  PASSWORD_EXPIRED: entry('error', 'The password is too old to sign in with.', 'Sign in with it and a new password.'),
  PASSWORD_UNFIT: entry(
    'error',
    'The password does not meet the password policy of the account.',
    'Choose one that has what is named.',
  ),
  PASSWORD_USED_BEFORE: entry(
    'error',
    'The password was used before, and the policy asks for another.',
    'Choose one that was not used lately.',
  ),
  TWO_FACTOR_NEEDED: entry(
    'error',
    'The user has two-factor: a code is needed beside the password.',
    'Sign in with the six digits of the authenticator app, or with a recovery code.',
  ),
  TWO_FACTOR_WRONG: entry(
    'error',
    'The code is wrong, too old, or was used already.',
    'Wait for the next code and check the clock of the phone, or use a recovery code.',
  ),
  TWO_FACTOR_SETUP_NEEDED: entry(
    'error',
    'The account asks this user to set up two-factor first.',
    'Sign in to the page and scan the QR code with an authenticator app.',
  ),
  NOT_PERMITTED: entry(
    'error',
    'This user or token is not permitted to do this.',
    'Ask an administrator of the account for the permission.',
  ),
  LOGIN_TAKEN: entry('error', 'There is a user with this login already.', 'Choose another login.'),
  LOGIN_RESERVED: entry(
    'error',
    'By this login the log or scripts know somebody else: who holds the machine, or a token.',
    'Choose another login.',
  ),
  LAST_ADMINISTRATOR: entry(
    'error',
    'This is the last user in Administrators: without one nobody could sign in who may everything.',
    'Put another user into Administrators first.',
  ),
  API_TOKENS_FULL: entry(
    'error',
    'The account has as many API tokens as it may have.',
    'Delete one that is not used any more.',
  ),
  STREAMS_FULL: entry(
    'error',
    'This session or token follows the changes of the account as many times as it may at once.',
    'Close a page or a program that follows them; the next try is let in.',
  ),
  ADMIN_UNREACHABLE: entry(
    'error',
    'The account server does not answer.',
    'Check the address after --account, and that "account serve" runs there.',
  ),
  ADMIN_UNTRUSTED: entry(
    'error',
    'The certificate of the account server is not one that this machine trusts.',
    'Check the address after --account, and name the CA of the server with --ca.',
  ),
  ADMIN_TOKEN_REFUSED: entry(
    'error',
    'The token does not open the account server.',
    'Give the file admin-token of its state directory, or one that holds an API token, with --token-file.',
  ),
  // --- import from another account
  IMPORT_ADDRESS_BAD: entry(
    'error',
    'This is no address of the page of another account.',
    'Give it as https://host:port, as people there open it; http:// only for a server on this machine.',
  ),
  IMPORT_SOURCE_UNREACHABLE: entry(
    'error',
    'The source account cannot be reached.',
    'Check its address, and that this server may go there; where its certificate is not public, give its CA as well.',
  ),
  IMPORT_SOURCE_BAD: entry(
    'error',
    'What answers at this address is no account that can hand over Ewons.',
    'Check the address; the server of the source account may be older than this one and need an update.',
  ),
  IMPORT_SAME_ACCOUNT: entry(
    'error',
    'The source account is this account itself.',
    'Give the address of the other account.',
  ),
  IMPORT_NOT_ADMINISTRATOR: entry(
    'error',
    'This user is not an Administrator of the source account.',
    'Sign in with a user who is in the group Administrators there.',
  ),
  IMPORT_TWO_FACTOR: entry(
    'error',
    'The source account enforces two-factor, so nothing can be imported from it.',
    'Have an Administrator there switch two-factor off in its policies until the import is over, and try again.',
  ),
  IMPORT_RIGHT_OVER: entry(
    'error',
    'The source account does not let this import go on: its right is too old, or was taken back.',
    'Begin another import for the Ewons that have not moved.',
  ),
  MOVE_WITHDRAWN: entry(
    'info',
    'The import by the other account was ended before the Ewon moved.',
    'Nothing; the Ewon stays in this account.',
  ),
  // --- the way to the account
  ACCOUNT_UNREACHABLE: entry('warn', 'The account cannot be reached.', 'Check the network; the agent keeps trying.'),
  ACCOUNT_ERROR: entry(
    'warn',
    'The account answered with an error of its own or in a form we do not know.',
    'Look at the log of the account; the agent keeps trying.',
  ),
  ACCOUNT_NOT_CONFIGURED: entry(
    'error',
    'Neither the card nor the configuration names an account.',
    'Set account.url and account.ca, or use a card written by "sdcard export".',
  ),
  TLS_UNTRUSTED: entry(
    'error',
    'The server shows a certificate that our CA did not issue.',
    'Check account.url and account.ca: this may be a wrong or a hostile server.',
  ),
  TLS_NAME_MISMATCH: entry(
    'error',
    "The server's certificate is for another name.",
    'Check account.url, or have the account serve with --name.',
  ),
  TLS_EXPIRED: entry(
    'error',
    "By the device's clock the server's certificate has expired.",
    'Check the clock of the device first; if it is right, renew the certificate of the account.',
  ),
  TLS_CLOCK: entry(
    'error',
    "By the device's clock the server's certificate is not valid yet, so the clock is behind.",
    'Set the clock (NTP or by hand); the agent keeps trying.',
  ),
  // --- a proxy on the way to the account
  PROXY_UNREACHABLE: entry(
    'warn',
    'The proxy does not answer.',
    'Check proxy.url and the network; the agent keeps trying.',
  ),
  PROXY_AUTH: entry(
    'error',
    'The proxy wants a user and a password, or others than these.',
    'Set proxy.user and proxy.passwordFile; the file is read again at each attempt.',
  ),
  PROXY_REFUSED: entry(
    'error',
    'The proxy does not let us through to the account.',
    "Have the proxy allow CONNECT to the account's name, on the ports of account.url and of its brokers.",
  ),
  PROXY_UPSTREAM: entry(
    'warn',
    'The proxy could not reach the account.',
    'Check that the account can be reached from where the proxy is; the agent keeps trying.',
  ),
  PROXY_PROTOCOL: entry(
    'error',
    'What answers at the address of the proxy does not speak as a proxy does.',
    'Check proxy.url; it must be an HTTP proxy that knows CONNECT.',
  ),
  PROXY_CERTIFICATE: entry(
    'error',
    'Through the proxy came a certificate that our CA did not issue: the proxy opens TLS, or it is not our account.',
    'Have the proxy pass the account through unopened; if it does already, check account.url and account.caFile.',
  ),
  GRANT_BAD: entry(
    'error',
    'The account handed out a certificate that is not for our key or not for our id.',
    'Nothing was stored. Check that this is the right account.',
  ),
  // --- uplink
  UPLINK_ONLINE: entry('info', 'Connected to the broker.', 'Nothing.'),
  UPLINK_UNREACHABLE: entry('warn', 'The broker cannot be reached.', 'Check the network; the agent keeps trying.'),
  UPLINK_REFUSED: entry(
    'warn',
    'The broker refused us.',
    'Nothing; the agent asks the account whether it is still linked.',
  ),
  UPLINK_PROTOCOL: entry(
    'error',
    'The broker sent bytes that are not MQTT or too large a packet.',
    'Look at the log of the broker.',
  ),
  // --- the way to the account (WAN); these are also the causes that `up/wan` names
  WAN_ONLINE: entry('info', 'The way to the account is whole.', 'Nothing.'),
  WAN_UNPROVED: entry('info', 'Nothing has shown yet whether the way to the account is whole.', 'Wait a moment.'),
  WAN_LINK_DOWN: entry(
    'warn',
    'No link is up that leads out.',
    'Check cable, antenna and SIM, and that the interface is switched on.',
  ),
  WAN_ADDRESS_MISSING: entry(
    'warn',
    'The link is up and has no address.',
    'Check the DHCP server or the fixed address of the interface.',
  ),
  WAN_ROUTE_MISSING: entry(
    'warn',
    'No default route leads out.',
    'Check the gateway that DHCP or the configuration gives.',
  ),
  WAN_GATEWAY_SILENT: entry('warn', 'The gateway does not answer.', 'Check the router and the cable to it.'),
  WAN_CELL_LOST: entry(
    'warn',
    'The modem is not registered in a network.',
    'Check antenna, SIM and PIN, and whether the operator has coverage here.',
  ),
  WAN_DNS_FAILED: entry(
    'warn',
    'The name of the account cannot be resolved, though its address answers.',
    'Check the name servers that DHCP or the configuration gives.',
  ),
  WAN_PORTAL: entry(
    'warn',
    'A captive portal answers in place of the account.',
    'Log in to the network from a browser, or ask its owner to let this device through.',
  ),
  WAN_NO_ANSWER: entry(
    'warn',
    'The link and its gateway look well, and nothing behind them answers.',
    'Ask the provider; check the contract of the SIM and the firewall of the site.',
  ),
  WAN_REFUSED: entry(
    'warn',
    'The address of the account answers and refuses the connection.',
    'Check the firewall of the site, and that the account runs.',
  ),
  WAN_TLS_FAILED: entry(
    'warn',
    'TLS to the account fails: somebody else answers, or the way is broken for long packets.',
    'Check for an inspecting proxy or firewall, the MTU of the link, and the clock of this board.',
  ),
  WAN_ACCOUNT_FAILED: entry(
    'warn',
    'The way is whole, and the account does not serve.',
    'Look at the log of the account.',
  ),
  WAN_NOT_WATCHED: entry(
    'warn',
    'The way to the account is not watched.',
    'Add "wan": {} to the configuration and restart the agent.',
  ),
  WAN_BUDGET_SPENT: entry(
    'warn',
    'The bytes for probes of this month are used up; until the next one only what costs nothing is looked at.',
    'Raise wan.probeBytesMax where the line allows it.',
  ),
  // --- devices on serial ports
  SERIAL_UNOPENED: entry(
    'warn',
    'A serial port cannot be opened.',
    'Check its path and the cable; no other program (ModemManager, gpsd, getty) may have it, and the agent must be let in (docs/installing.md).',
  ),
  SERIAL_GONE: entry(
    'warn',
    'The device on a serial port went away.',
    'Check cable and supply; it is used again when it is back.',
  ),
  // --- where an Ewon is
  LOCATION_SOURCE_FAILED: entry(
    'warn',
    'A source of the location cannot be read; the others go on.',
    'Check "location" in the configuration, the receiver or gpsd, and the rights of the user ewon-agent; see docs/location.md.',
  ),
  // --- who may log in at the serial console
  CONSOLE_LOGIN: entry('info', 'Somebody logged in at the console.', 'Nothing.'),
  CONSOLE_FIRST_USER: entry(
    'warn',
    'The first administrator of the console was set up.',
    'If that was nobody of yours, remove console-users.json as docs/console-login.md says.',
  ),
  CONSOLE_LOCKED: entry(
    'warn',
    'Too many logins at the console failed; it pauses.',
    'Wait 15 minutes, or run "ewon-agent console-user unlock" in a shell of the board. "show audit" says who was tried.',
  ),
  CONSOLE_USERS_BAD: entry(
    'error',
    'It cannot be read who may log in at the console, so nobody may.',
    'Mend or remove console-users.json in a shell of root; see docs/console-login.md.',
  ),
  CONSOLE_USERS_THERE: entry('error', 'The console has users already.', 'Log in as one of them.'),
  CONSOLE_USERS_FULL: entry('error', 'The console has as many users as it takes.', 'Remove one with "user remove".'),
  CONSOLE_USER_NAME_BAD: entry('error', 'This is no name of a user.', 'Use 1 to 32 of the characters a-z 0-9 . _ -.'),
  CONSOLE_USER_TAKEN: entry('error', 'There is a user of this name.', 'Choose another name; "show users" lists them.'),
  CONSOLE_USER_UNKNOWN: entry('error', 'The console has no such user.', 'Check the name with "show users".'),
  CONSOLE_USER_CHANGED: entry(
    'error',
    'What this user may do has just been changed, so nothing was done.',
    'Give the command again.',
  ),
  CONSOLE_LAST_ADMINISTRATOR: entry(
    'error',
    'The console needs one administrator at least.',
    'Make another one first, with "user add" or "user role".',
  ),
  CONSOLE_PASSWORD_WEAK: entry(
    'error',
    'This password is too easy to guess.',
    'Take 10 characters at least; several words are good.',
  ),
  CONSOLE_PASSWORD_WRONG: entry('error', 'The old password is not this one.', 'Try again; failures make you wait.'),
  CONSOLE_PASSWORD_OWN: entry(
    'error',
    'This is your own password.',
    'Change it with "user password", which asks for the old one.',
  ),
  CONSOLE_BUSY: entry(
    'error',
    'Orders that were given up at this console are still being carried out.',
    'Wait a moment, and give the command again.',
  ),
  CONSOLE_PASSWORDS_DIFFER: entry('error', 'The two passwords are not the same.', 'Give the command again.'),
  LOCATION_SWITCHED: entry('info', 'Location was switched at the Ewon.', 'Nothing.'),
  // --- the agent itself
  AGENT_STARTED: entry('info', 'The agent started.', 'Nothing.'),
  AGENT_NOT_RUNNING: entry('error', 'The agent is not running.', 'Start it with "ewon-agent run --config FILE".'),
  AGENT_NOT_YOURS: entry(
    'error',
    'The agent does not answer to this user.',
    'Run the command as root, or as the user that the agent runs as.',
  ),
  AGENT_RUNNING_ALREADY: entry('error', 'Another agent runs on the same state directory.', 'Stop the other one first.'),
  AGENT_STUCK: entry(
    'error',
    'The agent does not get its work done.',
    'Nothing: systemd starts it again. If it comes back, send "ewon-agent diag" to support.',
  ),
  SERVICE_UNHEARD: entry(
    'warn',
    'The service manager systemd could not be told how the agent is.',
    'Install the Debian package "systemd"; systemd starts an agent that it does not hear again and again.',
  ),
  NOT_LINKED: entry('error', 'This Ewon is not linked to an account.', 'Put in a card to register it.'),
  CONFIG_INVALID: entry('error', 'The configuration is not valid.', 'Correct what is named and start again.'),
  // --- what is set at the console, over the configuration file
  SETTINGS_DAMAGED: entry(
    'warn',
    'What was set at the console could not be read and was set aside; the configuration file alone holds.',
    'Set it again with "configure"; keep the file that was set aside for support.',
  ),
  SETTINGS_UNFIT: entry(
    'warn',
    'What was set at the console does not fit the configuration file; the file alone holds.',
    'Look with "ewon-agent config show", then correct the file, or the settings with "configure".',
  ),
  SETTINGS_KEY_UNKNOWN: entry(
    'error',
    'This cannot be set at the console.',
    'Type "set ?" for what can be; the rest is set by root in the configuration file (docs/configuring.md).',
  ),
  SETTINGS_VALUE_BAD: entry('error', 'The value does not fit.', 'Type "set NAME ?" for what it may be.'),
  SETTINGS_LOCKED: entry(
    'error',
    'The configuration file has decided that, and the console cannot change it.',
    'Ask who has the rights of root on this board; "ewon-agent config show" says what comes from where.',
  ),
  SETTINGS_NO_CHANGE: entry(
    'error',
    'There is nothing to commit: the candidate is what runs.',
    'Change something with "set" or "no" first.',
  ),
  SETTINGS_NOT_UP: entry(
    'error',
    'The agent has not come up yet with what was committed before, so it cannot be confirmed.',
    'Wait until "show status" answers, and commit again; without that it goes back by itself.',
  ),
  SETTINGS_NO_COMMIT: entry('error', 'There is no such commit.', 'Type "show commits" for those that are kept.'),
  SETTINGS_COMMITTED: entry('info', 'Settings were committed at the console.', 'Nothing.'),
  SETTINGS_WENT_BACK: entry(
    'warn',
    'What was committed at the console was taken back; what ran before holds again.',
    'Look at the reason that is told with it, correct the candidate and commit again.',
  ),
  SETTINGS_UNCONFIRMED: entry(
    'warn',
    'It was not confirmed in time by a second "commit".',
    'Commit again, and confirm it while the time runs.',
  ),
  SETTINGS_NOT_STARTED: entry(
    'warn',
    'The agent did not come up with it.',
    'Look into the log of the agent for what it said before it ended.',
  ),
  STATE_DAMAGED: entry(
    'error',
    'The saved state could not be read and was set aside.',
    'Put in a card to register again; keep the file that was set aside for support.',
  ),
  DEVICE_KEY_BAD: entry(
    'error',
    'The device key cannot be read.',
    'Put device-key.json back from a copy; without one, remove the file and register this Ewon again.',
  ),
  STATE_UNWRITABLE: entry(
    'error',
    'The state could not be saved, so nothing was sent.',
    'Check the disk and the rights on the state directory.',
  ),
  OUTBOX_FULL: entry(
    'warn',
    'There is no room for a message: everything that waits to be sent is more important.',
    'Bring the Ewon online, so that what waits can be sent.',
  ),
  OUTBOX_DROPPED: entry(
    'warn',
    'Messages were given up, because there was no room for them while the account could not be reached.',
    'Bring the Ewon online; what is measured less often takes less room.',
  ),
  OUTBOX_DAMAGED: entry(
    'warn',
    'The file of what waits to be sent was damaged and was set aside; what could be read of it is sent.',
    'Nothing; if it comes back, have the disk of the board checked.',
  ),
  FIRMWARE_UNREACHABLE: entry(
    'warn',
    'The Ewon does not answer.',
    'Check firmware.url and the cable to the Ewon; the agent keeps trying.',
  ),
  FIRMWARE_ANSWER_BAD: entry(
    'error',
    'The Ewon answered something that we cannot read.',
    'Check that firmware.url is an Ewon and that the user may read it.',
  ),
  FIRMWARE_FILE_DECLINED: entry(
    'error',
    'The Ewon declined a file of the card.',
    'Check that the file is for this model and newer than its firmware, then put the card in again.',
  ),
  // --- files and answers of the Ewon and of modems, as text
  TEXT_TOO_LARGE: entry(
    'error',
    'What was given is larger than its limit.',
    'Check that it is the file or the answer that was meant.',
  ),
  TEXT_ENCODING: entry(
    'error',
    'What was given is not text of one byte a character, nor UTF-8.',
    'Save it as UTF-8 or as ANSI text.',
  ),
  TEXT_LINE_TOO_LONG: entry(
    'warn',
    'A line is longer than its limit and was left as it is.',
    'Check that it is the file or the answer that was meant.',
  ),
  COMCFG_LINE_BAD: entry(
    'warn',
    'A line of comcfg.txt is not "Key:Value" and was left as it is.',
    'Correct the line that is named, or remove it.',
  ),
  CONFIG_LINE_BAD: entry(
    'warn',
    'A line of config.txt fits in no section and was left as it is.',
    'Correct the line that is named, or remove it.',
  ),
  ESTAT_LINE_BAD: entry('warn', 'A line of the status is not "Key:Value".', 'Check that it is the status of an Ewon.'),
  EVENTS_LINE_BAD: entry('warn', 'A line is not an event of an Ewon.', 'Check that it is the events file of an Ewon.'),
  TAGS_LINE_BAD: entry('warn', 'A line is not the value of a tag.', 'Check the tag that is named on the Ewon.'),
  TAGS_HEADER_MISSING: entry(
    'error',
    'The first line does not name the columns of instant values.',
    'Give it what an Ewon answers to $dtIV$ftT.',
  ),
  DESCRIPTOR_BAD: entry(
    'error',
    'An export block descriptor is not one that an Ewon understands.',
    'Correct what is named, such as "$dtEV$ftT$st_m10".',
  ),
  NMEA_SENTENCE_BAD: entry(
    'warn',
    'A line is not a sentence of NMEA 0183.',
    'Check the speed of the serial line, and that a receiver is on it.',
  ),
  NMEA_CHECKSUM_BAD: entry(
    'warn',
    'The checksum of an NMEA sentence does not fit.',
    'Check the cable and the speed of the serial line if it comes often.',
  ),
  NMEA_FIELD_BAD: entry(
    'warn',
    'A field of an NMEA sentence is not of the form it must have.',
    'Look for newer firmware of the receiver if it comes often.',
  ),
  AT_LINE_BAD: entry(
    'warn',
    'A line is no answer of a modem.',
    'Check the speed of the serial line, and that a modem is on it.',
  ),
  AT_FIELD_BAD: entry(
    'warn',
    'An answer of a modem has a field that is not of the form it must have.',
    'Send the answer and the model of the modem to support.',
  ),
  SETTING_BAD: entry(
    'error',
    'A setting cannot be written like this.',
    'Correct what is named; docs/ewon-bridge.md says what there is.',
  ),
  // --- an Ewon that a person asks with ewon-bridge
  EWON_UNREACHABLE: entry(
    'error',
    'The Ewon cannot be reached.',
    'Check its address, the port and the cable; comcfg key ClosedDevice may close HTTP or FTP.',
  ),
  EWON_TIMED_OUT: entry(
    'error',
    'The Ewon did not answer in time.',
    'Try again; --timeout gives it longer. If it was being written to, look with "ewon-bridge info" and "get" what it has.',
  ),
  EWON_BUSY: entry(
    'error',
    'The Ewon has no room for another connection.',
    'Close what else is connected to it, such as its web pages or an FTP program, and try again.',
  ),
  EWON_PASSWORD_WRONG: entry(
    'error',
    'The Ewon refused user or password.',
    'Give the right ones by --user and EWON_PASSWORD or --password-file; the user needs the right to do this.',
  ),
  EWON_PASSWORD_UNREADABLE: entry(
    'error',
    "The Ewon's password cannot be read.",
    'Put it into a file of one line that this user may read.',
  ),
  EWON_NOT_ONE: entry('error', 'What answers there is not an Ewon.', 'Check the address and the port.'),
  EWON_FILE_MISSING: entry(
    'error',
    'The Ewon has no such file.',
    'Check the firmware with "ewon-bridge info"; not every model has every file.',
  ),
  EWON_DECLINED: entry(
    'error',
    'The Ewon declined what it was asked.',
    'Look into its events with "ewon-bridge events"; the user needs the right to do this.',
  ),
  EWON_DISK_FULL: entry('error', 'The Ewon has no room for the file.', 'Delete files in its /usr and try again.'),
  EWON_KEY_UNKNOWN: entry(
    'error',
    'The Ewon has no setting or tag of this name.',
    'Check the spelling against "ewon-bridge get" or "ewon-bridge tags".',
  ),
  EWON_NOT_TAKEN: entry(
    'error',
    'The Ewon still has another value than the one that was written.',
    'Look into its events with "ewon-bridge events"; the value may be one that its firmware does not take.',
  ),
  EWON_FIRMWARE_UNFIT: entry(
    'error',
    'This firmware file is not for this Ewon.',
    'Take the file for its product and the next step of its firmware; docs/ewon-bridge.md says which.',
  ),
  LOCAL_FILE_BAD: entry('error', 'A file on this machine cannot be read or written.', 'Check what is named.'),
  // --- policy, commands and the account's key
  POLICY_TAKEN: entry('info', 'A policy of the account was taken.', 'Nothing to do; "ewon-agent policy" shows it.'),
  POLICY_UNREADABLE: entry(
    'warn',
    'A policy came that cannot be read, and was refused.',
    'Update the agent; if it stays, look for somebody else at the broker.',
  ),
  POLICY_UNSIGNED: entry(
    'error',
    'A policy came that no known key of the account has signed, and was refused.',
    'Look for somebody else at the broker; after a loss of the account key, register this Ewon anew.',
  ),
  POLICY_FOREIGN: entry(
    'error',
    'A policy of another account came, and was refused.',
    'Look for somebody else at the broker.',
  ),
  POLICY_OLD: entry(
    'warn',
    'A policy came that is older than the one that counts, and was refused.',
    'Look for somebody else at the broker; after restoring a backup of the account, set the policy again.',
  ),
  ACCOUNT_KEY_CHANGED: entry('info', 'The key of the account changed, announced by the key before.', 'Nothing to do.'),
  COMMAND_TAKEN: entry('info', 'A command of the account was taken.', 'Nothing to do.'),
  COMMAND_DONE: entry('info', 'A command was carried out.', 'Nothing to do.'),
  COMMAND_UNREADABLE: entry(
    'warn',
    'A command came that cannot be read, and was refused.',
    'Update the agent; if it stays, look for somebody else at the broker.',
  ),
  COMMAND_UNSIGNED: entry(
    'error',
    'A command came that no known key of the account has signed, and was refused.',
    'Look for somebody else at the broker; after a loss of the account key, register this Ewon anew.',
  ),
  COMMAND_FOREIGN: entry(
    'error',
    'A command for another Ewon or of another account came, and was refused.',
    'Look for somebody else at the broker.',
  ),
  COMMAND_EXPIRED: entry(
    'warn',
    'The command was not carried out before it expired.',
    'Send it again; if the Ewon was online, check its clock.',
  ),
  COMMAND_REPLAYED: entry(
    'error',
    'A command came a second time in another form, or after it was forgotten, and was refused.',
    'Look for somebody else at the broker.',
  ),
  COMMAND_UNKNOWN: entry('warn', 'The agent does not know this command.', 'Update the agent.'),
  COMMAND_ARGUMENTS_BAD: entry(
    'warn',
    'The arguments of the command are not what it takes.',
    'Correct what is named; "account command send --help" says what there is.',
  ),
  COMMAND_QUEUE_FULL: entry(
    'warn',
    'Too many commands wait for this Ewon already.',
    'Wait until some are final, then send it again.',
  ),
  COMMAND_INTERRUPTED: entry(
    'warn',
    'The agent was stopped while it carried out the command, which is not begun a second time.',
    'Look what has been done, then send it again.',
  ),
  COMMAND_TIMEOUT: entry(
    'warn',
    'The command did not end in its time.',
    'Look at "account log" for what the Ewon says, then send it again.',
  ),
  COMMAND_RESULT_TOO_LARGE: entry(
    'warn',
    'What the command answers is larger than its limit.',
    'Run it at the board, for example "ewon-agent diag".',
  ),
  REMOTE_MANAGEMENT_OFF: entry(
    'warn',
    'Remote management of this Ewon is off.',
    '"ewon-agent policy" says who decided that.',
  ),
  REBOOT_REFUSED: entry(
    'error',
    'The board is not restarted while a patch is being installed.',
    'Wait until "show patch" says that it is over.',
  ),
  REBOOT_UNAVAILABLE: entry(
    'warn',
    'The board cannot be restarted by the agent.',
    'Install the package, whose ewon-agent-reboot.path does it, or restart the board by hand.',
  ),
  // --- the repository of security patches, as a device that checks it sees it (TUF)
  TUF_NO_ROOT: entry(
    'warn',
    'This device has no root of a repository to begin with.',
    'Set up a repository with "account aspu init", or put a root where the configuration says.',
  ),
  TUF_ROOT_FOREIGN: entry(
    'error',
    'The first root is not the one that the account named.',
    'Ask the administrator of the account; "ewon-agent forget" and a new registration begin anew.',
  ),
  TUF_UNREACHABLE: entry(
    'warn',
    'The repository of patches could not be read.',
    'It is tried again by itself; if it stays, look at "ewon-agent wan".',
  ),
  TUF_MALFORMED: entry(
    'error',
    'A file of the repository is not TUF metadata.',
    'Publish the repository again; if it stays, somebody may be changing files on the way.',
  ),
  TUF_UNSIGNED: entry(
    'error',
    'A file of the repository is signed by none of the keys that may sign it.',
    'Somebody may be offering patches that are not yours; look who can write to the repository.',
  ),
  TUF_BELOW_THRESHOLD: entry(
    'error',
    'A file of the repository has fewer good signatures than its role asks for.',
    'Sign it with the missing keys: "account aspu sign".',
  ),
  TUF_ROLLBACK: entry(
    'error',
    'The repository offers an older version of a file than was seen before.',
    'Publish it again; if it stays, somebody may be replaying old files.',
  ),
  TUF_FROZEN: entry(
    'error',
    'A file of the repository has expired.',
    'Publish it again, or write the card again; if it stays, somebody may be holding back new files.',
  ),
  TUF_MIXED: entry(
    'error',
    'Files of the repository do not belong to one snapshot.',
    'Publish it again; if it stays, somebody may be mixing files of different days.',
  ),
  TUF_ENDLESS: entry(
    'error',
    'A file of the repository goes on after its end.',
    'If it stays, somebody may be sending rubbish instead of it.',
  ),
  TUF_SLOW: entry(
    'warn',
    'A file of the repository comes too slowly to ever be whole.',
    'It is tried again by itself; if it stays, look at "ewon-agent wan".',
  ),
  TUF_TARGET_UNKNOWN: entry(
    'warn',
    'The repository offers no patch of that name.',
    'See what there is with "account aspu list".',
  ),
  TUF_TARGET_WRONG: entry(
    'error',
    'A patch that was downloaded is not the one that was signed.',
    'It was thrown away and is tried again; if it stays, somebody may be changing files on the way.',
  ),
  // --- security patches (ASPU)
  PATCH_AVAILABLE: entry(
    'info',
    'There is a security patch for this Ewon.',
    'Nothing to do; "ewon-agent patch status" says what it waits for.',
  ),
  PATCH_UNREADABLE: entry(
    'warn',
    'A patch of the repository is described in a way that cannot be read.',
    'Describe it again with "account aspu add"; a newer agent may understand it.',
  ),
  PATCH_WRONG_PRODUCT: entry('info', 'The patch is for other products than this one.', 'Nothing to do.'),
  PATCH_NOT_FROM_HERE: entry(
    'info',
    'The patch is not meant for the version that runs.',
    'Publish the steps between, or install one of the versions it names first.',
  ),
  PATCH_NOT_NEWER: entry('info', 'What runs is as new as the patch.', 'Nothing to do.'),
  PATCH_DENIED: entry(
    'info',
    'The account does not want this patch to be installed.',
    'Take it off the list with "account policy set --deny".',
  ),
  PATCH_HELD: entry(
    'info',
    'The patch is being rolled out in groups, and the turn of this Ewon has not come.',
    'Nothing to do.',
  ),
  PATCH_OFF: entry(
    'info',
    'Patches are not installed, because remote management is off.',
    '"ewon-agent policy" says who decided that.',
  ),
  PATCH_WINDOW_CLOSED: entry(
    'info',
    'The patch waits for the time at which the account lets an Ewon change itself.',
    'Nothing to do; "ewon-agent policy" says when that is.',
  ),
  PATCH_BUSY: entry(
    'info',
    'The patch waits, because the machine is at work.',
    'Take away what says so: the file, the tag or the input that the configuration names.',
  ),
  PATCH_UNCONFIRMED: entry(
    'info',
    'The patch waits for a person to say yes.',
    'Say it at the Ewon with "ewon-agent patch confirm".',
  ),
  PATCH_DEFERRED: entry(
    'info',
    'The patch waits, because a person at the Ewon has put it off.',
    'Nothing to do; "ewon-agent patch install" at the Ewon installs it before.',
  ),
  PATCH_DEFER_SPENT: entry(
    'error',
    'A patch cannot be put off for longer than seven days.',
    'Ask the account to deny it, or to set another window.',
  ),
  PATCH_METERED: entry(
    'info',
    'The patch waits for a way that is not paid by volume.',
    'Nothing to do; "ewon-agent patch download" brings it now.',
  ),
  PATCH_STOPPED: entry(
    'info',
    'A download of a patch was stopped.',
    'Nothing to do; what is here already is kept as long as patches are allowed.',
  ),
  PATCH_NO_ROOM: entry('error', 'There is no room for the patch.', 'Make room in the state directory of the agent.'),
  PATCH_NOT_SUPPORTED: entry(
    'warn',
    'This agent cannot install patches of that kind.',
    'Configure the Ewon beside it, or install the package that can.',
  ),
  PATCH_INSTALLING: entry('info', 'A security patch is being installed.', 'Do not switch off.'),
  PATCH_INSTALLED: entry('info', 'A security patch was installed.', 'Nothing to do.'),
  PATCH_FAILED: entry(
    'error',
    'A security patch could not be installed.',
    'The version before runs; see the log, then "account aspu revoke" it or order it again.',
  ),
  PATCH_DECLINED: entry(
    'error',
    'The Ewon did not take the firmware.',
    'It is damaged or for another product: look at the file, then add it again.',
  ),
  PATCH_WRONG_VERSION: entry(
    'error',
    'After the installation another version runs than was meant.',
    'The version before was put back where that is possible; look at the file.',
  ),
  PATCH_BACKUP_FAILED: entry(
    'error',
    'The Ewon gave no backup, so nothing was installed.',
    'Look at the connection and the password of the Ewon.',
  ),
  PATCH_NOT_BACK: entry(
    'error',
    'The Ewon did not come back after the installation.',
    'Look at the Ewon; its backup is in the state directory of the agent.',
  ),
  PATCH_TRIED_OUT: entry(
    'error',
    'The patch failed three times and is tried no more.',
    'Publish a better one, or order it again with "account command send patch".',
  ),
  PATCH_ARCHIVE_BAD: entry(
    'error',
    'The archive of the patch holds what it must not.',
    'Build it again with "make package"; nothing of it was unpacked.',
  ),
  PATCH_TREE_BAD: entry(
    'error',
    'What was sent is no tar of a repository of patches.',
    'Make it with "tar -cf aspu.tar aspu" from what "account aspu export" wrote; do not pack it.',
  ),
  PATCH_NOT_BLESSED: entry(
    'error',
    'The new version did not prove itself, so the version before runs again.',
    'See the log of the new version, then publish a better one.',
  ),
  PATCH_NONE_WAITING: entry('error', 'No patch waits for that.', '"ewon-agent patch status" says how it stands.'),
  PATCH_SAVED_DAMAGED: entry(
    'warn',
    'What was saved about patches could not be read, and is begun anew.',
    'Nothing to do; nothing that was installed is lost.',
  ),
  // --- the repository of security patches, for who keeps it
  ASPU_NONE: entry('error', 'There is no repository of patches here.', 'Make one with "account aspu init".'),
  ASPU_EXISTS: entry('error', 'There is a repository of patches here already.', 'Use it, or name another directory.'),
  ASPU_KEY_BAD: entry(
    'error',
    'That is not a key for signing.',
    'Name a file that "account aspu init" or "account aspu rotate" has made.',
  ),
  ASPU_KEY_FOREIGN: entry(
    'error',
    'That key signs no role of this repository.',
    'Use a key of the role; "account aspu list --keys" names them.',
  ),
  ASPU_UNSIGNED: entry(
    'error',
    'A role lacks signatures, so nothing was published.',
    'Sign it: "account aspu sign" with the missing keys.',
  ),
  ASPU_PATCH_BAD: entry('error', 'The patch cannot be added as it was described.', 'Correct the value that is named.'),
  ASPU_PATCH_KNOWN: entry(
    'error',
    'There is a patch of that name already.',
    'Revoke it first, or give the file another name.',
  ),
  ASPU_PATCH_UNKNOWN: entry('error', 'There is no patch of that name.', 'See what there is with "account aspu list".'),
  ASPU_ROLLOUT_STOPPED: entry(
    'error',
    'A rollout was stopped, because too many Ewons failed.',
    'Look at their logs, then revoke the patch or go on with "account aspu rollout resume".',
  ),
  ASPU_ROLLOUT_STEP: entry('info', 'A rollout went on to its next group.', 'Nothing to do.'),
  ASPU_ROLLOUT_DONE: entry('info', 'A rollout has reached all its Ewons.', 'Nothing to do.'),
  // --- where Ewons are
  LOCATION_MOVED: entry(
    'error',
    'An Ewon is not where it belongs.',
    'See "account location show" with its name. If it is in order, acknowledge the alarm: it belongs there from then on.',
  ),
  GEOLOCATE_FAILED: entry(
    'warn',
    'The service that knows places does not answer as it should; it is asked again later.',
    'Check --geolocate-url and the key; "account location show" says which Ewons wait for it.',
  ),
  CELLS_UNREADABLE: entry(
    'error',
    'This is not a table of cells.',
    'Give a CSV as OpenCelliD has it (docs/location-account.md), plain or packed with gzip.',
  ),
  // --- files over the console
  YMODEM_NOT_STARTED: entry(
    'warn',
    'No transfer by YMODEM was begun at the other side.',
    'Give the command again, then start YMODEM in the menu of your terminal program within a minute.',
  ),
  YMODEM_CANCELLED: entry(
    'warn',
    'A transfer by YMODEM was cancelled.',
    'Give the command again if you want the file.',
  ),
  YMODEM_SILENT: entry(
    'warn',
    'The other side of a transfer by YMODEM fell silent or hung up.',
    'Check the cable, and that your terminal program is still open; then start the transfer again.',
  ),
  YMODEM_ERRORS: entry(
    'warn',
    'A transfer by YMODEM was damaged too often, or lost its order.',
    'Check the cable and the speed of the port, switch XON/XOFF off, then start the transfer again.',
  ),
  YMODEM_TOO_LARGE: entry(
    'warn',
    'A file sent by YMODEM is larger than it may be.',
    'Send the right file; what was received of it is thrown away.',
  ),
  YMODEM_UNWANTED: entry(
    'error',
    'This command does not take a file of that name.',
    'Send only what it takes; docs/console.md has the list.',
  ),
  YMODEM_HEADER_BAD: entry(
    'warn',
    'A file sent by YMODEM has no usable name or no size.',
    'Choose YMODEM, not XMODEM, in your terminal program, and name the file with letters and digits.',
  ),
  // --- scenarios
  SCENARIO_BAD: entry(
    'error',
    'A scenario is not of the form it must have.',
    'Correct what is named; docs/scenarios.md says what there is.',
  ),
  NODE_TOO_OLD: entry(
    'error',
    'This needs Node 24 or newer.',
    'Start it through "npx" in the project, which brings its own Node.',
  ),
  USAGE: entry('error', 'The command was not understood.', 'Run it again with --help.'),
} as const satisfies Record<string, Entry>;

/** A stable name of one outcome or failure: `AREA_CAUSE`. */
export type Code = keyof typeof CODES;

/** Tells whether a string from outside is one of our codes. */
export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && Object.hasOwn(CODES, value);
}

/**
 * Says a fault to a person: `CODE: what happened (value). Next step`.
 * @param detail the value that was met; control characters are replaced, at most 200 characters are shown
 */
export function describeFault(fault: { readonly code: Code; readonly detail?: string }): string {
  const { text, next } = CODES[fault.code];
  const detail = fault.detail ? ` (${printable(fault.detail, 200)})` : '';
  return `${fault.code}: ${text.replace(/\.$/, '')}${detail}. ${next}`;
}

/** Makes untrusted text harmless for a terminal or a log: anything but printable ASCII becomes `\xNN` or `\u{N}`. */
export function printable(text: string, maxLength = 1000): string {
  const shown = [...text.slice(0, maxLength)].map((c) => {
    const n = c.codePointAt(0) ?? 0;
    if (n >= 0x20 && n < 0x7f) return c;
    return n < 0x100 ? `\\x${n.toString(16).padStart(2, '0')}` : `\\u{${n.toString(16)}}`;
  });
  return shown.join('') + (text.length > maxLength ? '…' : '');
}

function entry(severity: Severity, text: string, next: string): Entry {
  return { severity, text, next };
}
