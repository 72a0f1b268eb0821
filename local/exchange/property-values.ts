export const sensitivity = ['Normal', 'Personal', 'Private', 'Confidential'] as const;
export const importance = ['Low', 'Normal', 'High'] as const;
export const responseType = ['Unknown', 'Organizer', 'Tentative', 'Accept', 'Decline', 'NoResponseReceived'] as const;
export const freeBusy = ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData'] as const;
