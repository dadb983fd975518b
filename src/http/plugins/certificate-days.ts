/**
 * A certificate chain of which one is over, not begun, or about to end: a warning in the log, at the start and each day, since
 * a server may run for longer than its certificate.
 */

import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export function watchCertificateDays(app: FastifyInstance, chain: Buffer): void {
  const tell = () => {
    const warning = certificateWarning(chain);
    if (warning) app.log.warn(warning);
  };
  const daily = setInterval(tell, DAY_MS).unref();
  app.addHook('onListen', tell);
  app.addHook('onClose', async () => clearInterval(daily));
}

/** @param chain PEM. @returns a sentence for people; undefined: nothing is to be said */
export function certificateWarning(chain: Buffer, now = Date.now()): string | undefined {
  for (const pem of String(chain).match(CERTIFICATE) ?? []) {
    const { subject, validFrom, validTo } = new X509Certificate(pem);
    const name = subject?.replaceAll('\n', ', ') ?? 'without a name';
    const days = (Date.parse(validTo) - now) / DAY_MS;
    if (days < 0) return `the certificate ${name} ended on ${validTo}: clients refuse it`;
    if (Date.parse(validFrom) > now)
      return `the certificate ${name} begins on ${validFrom}: clients refuse it`;
    if (days < SOON_DAYS) return `the certificate ${name} ends in ${Math.floor(days)} days, on ${validTo}`;
  }
  return undefined;
}
