/** What `<Consent>` says beside what the app gives it; an app in another language gives all of it. */
export type ConsentWords = {
  /** Above what leaves the device, and above what stays. */
  leaves: string
  stays: string
  grant: string
  decline: string
  /** Said when that has happened. */
  granted: string
  declined: string
  withdrawn: string
  /** Stops, and keeps what there is. */
  stop: string
  /** Erases everything; asked again before it is done. */
  withdraw: string
  withdrawWarning: string
  withdrawConfirm: string
  withdrawCancel: string
  /** Before the reason for which something did not work. */
  failed: string
  /** Does anew what follows an agreement, where that did not work. */
  again: string
}

export const ENGLISH: ConsentWords = {
  leaves: 'What leaves this device',
  stays: 'What stays here',
  grant: 'Take part',
  decline: 'No, thanks',
  granted: 'This device takes part.',
  declined: 'This device does not take part.',
  withdrawn: 'Everything of this device has been erased.',
  stop: 'Stop taking part',
  withdraw: 'Stop and erase everything',
  withdrawWarning:
    'This erases the key, the models and all that is remembered here, and tells the server. What has been learned from this device before stays in the common model.',
  withdrawConfirm: 'Erase everything',
  withdrawCancel: 'Keep it',
  failed: 'That did not work:',
  again: 'Try again',
}
