import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

export interface AgentCertificate {
  keyPem: string;
  certificatePem: string;
  /** SHA-256 of the certificate: 64 lower-case hexadecimal digits. */
  sha256: string;
}

/** Makes one self-signed certificate for the whole room, as real agents share the one in their package. It names their addresses. */
export async function createCertificate(ips: readonly string[]): Promise<AgentCertificate> {
  const { private: keyPem, cert: certificatePem } = await generate([{ name: 'commonName', value: 'ogagent' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: ips.map((ip) => ({ type: 7, ip })) },
    ],
  });
  const sha256 = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
  return { keyPem, certificatePem, sha256 };
}
