import { z } from 'zod';
import { CrmUserId } from './ids.ts';

/** The part of the connector contract that a CRM needs once email, or telling admins in the CRM, is switched on. */

const address = z
  .object({ address: z.string().min(3).max(320), name: z.string().max(200).optional() })
  .meta({ id: 'EmailAddress' });

export const EmailId = z.string().min(1).max(128).meta({ description: 'Id of the email in the CRM.', example: '815' });

export const ConnectorEmail = z
  .object({
    id: EmailId,
    senderId: CrmUserId.meta({ description: 'User in whose name it is sent.' }),
    to: z.array(address).min(1).max(500),
    cc: z.array(address).max(500).default([]),
    bcc: z.array(address).max(500).default([]),
    subject: z.string().max(1000),
    body: z.object({ contentType: z.enum(['text', 'html']), content: z.string().max(5_000_000) }),
    attachments: z
      .array(
        z.object({
          name: z.string().min(1).max(255),
          contentType: z.string().min(1).max(255),
          contentId: z.string().max(255).optional().meta({ description: 'For images inside the body (cid:).' }),
          contentBase64: z.base64(),
        }),
      )
      .max(100)
      .default([])
      .meta({ description: 'Together with the body at most 12 MB, so that the answer stays below 16 MB.' }),
  })
  .meta({ id: 'Email', description: 'An email that a user sends from the CRM.' });

export const EmailResultRequest = z
  .discriminatedUnion('state', [
    z.object({
      state: z.literal('sent'),
      sentAt: z.iso.datetime(),
      internetMessageId: z.string().max(1000).optional(),
    }),
    z.object({
      state: z.literal('failed'),
      code: z.string().max(100).meta({ description: 'Short name of the reason.' }),
      message: z.string().max(1000).meta({ description: 'What happened and what to do, for the user.' }),
    }),
  ])
  .meta({
    id: 'EmailResultRequest',
    description:
      'Sent: the CRM makes a completed activity with the subject and a note with the body. Failed: a cancelled ' +
      'activity with "Failed to Send" appended. Told again, nothing changes.',
  });

export const NotificationRequest = z
  .object({
    severity: z.enum(['info', 'warning', 'error']),
    code: z.string().max(100).meta({ example: 'unauthorized' }),
    title: z.string().max(200),
    text: z.string().max(4000).meta({ description: 'What happened and what to do. No contents of records.' }),
    userId: CrmUserId.optional().meta({
      description: 'User it is about; absent when it is about the whole connection.',
    }),
    link: z.url().optional().meta({ description: 'Where to look, in the admin page.' }),
    raisedAt: z.iso.datetime(),
  })
  .meta({ id: 'NotificationRequest', description: 'Something that all admins of the CRM should see.' });
