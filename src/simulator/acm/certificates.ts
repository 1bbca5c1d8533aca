import type {
  DeleteCertificateRequest,
  DescribeCertificateRequest,
  DescribeCertificateResponse,
  ImportCertificateRequest,
  ListCertificatesRequest,
  RequestCertificateRequest,
  ResendValidationEmailRequest,
  UpdateCertificateOptionsRequest,
} from '@aws-sdk/client-acm';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { invalidParameter, required } from './errors.ts';
import { importCertificate, importMembers } from './imports.ts';
import { list, listMembers } from './listing.ts';
import { checkName } from './names.ts';
import { operation } from './operation.ts';
import { checkSuperdomain, invalidOptions, request, requestMembers, transparencyOf } from './requests.ts';
import { type AcmState, findCertificate, usersOf } from './state.ts';
import { validate, validationMs } from './validation.ts';
import { detailOf } from './view.ts';

/** The operations on certificates, tags apart. */
export function certificateOperations(state: AcmState): Record<string, Operation> {
  const resources = (input: { CertificateArn?: string | undefined }): readonly (string | undefined)[] => [
    input.CertificateArn,
  ];
  return {
    RequestCertificate: operation('RequestCertificate', {
      mutating: true,
      takes: requestMembers,
      run: (input: RequestCertificateRequest, call) => request(state, input, call),
      resources: (_input, output) => [output?.CertificateArn],
    }),
    ImportCertificate: operation('ImportCertificate', {
      mutating: true,
      takes: importMembers,
      run: (input: ImportCertificateRequest, call) => importCertificate(state, input, call),
      resources: (input, output) => [output?.CertificateArn ?? input.CertificateArn],
    }),
    DescribeCertificate: operation('DescribeCertificate', {
      mutating: false,
      takes: ['CertificateArn'],
      run: (input: DescribeCertificateRequest, call): DescribeCertificateResponse => {
        const certificate = findCertificate(state, call, input.CertificateArn);
        return { Certificate: detailOf(state, certificate, usersOf(state, certificate)) };
      },
      resources,
    }),
    ListCertificates: operation('ListCertificates', {
      mutating: false,
      takes: listMembers,
      run: (input: ListCertificatesRequest, call) => list(state, input, call),
    }),
    DeleteCertificate: operation('DeleteCertificate', {
      mutating: true,
      takes: ['CertificateArn'],
      run: (input: DeleteCertificateRequest, call) => remove(state, input, call),
      resources,
    }),
    UpdateCertificateOptions: operation('UpdateCertificateOptions', {
      mutating: true,
      takes: ['CertificateArn', 'Options.CertificateTransparencyLoggingPreference', 'Options.Export'],
      run: (input: UpdateCertificateOptionsRequest, call) => updateOptions(state, input, call),
      resources,
    }),
    ResendValidationEmail: operation('ResendValidationEmail', {
      mutating: true,
      takes: ['CertificateArn', 'Domain', 'ValidationDomain'],
      run: (input: ResendValidationEmailRequest, call) => resend(state, input, call),
      resources,
    }),
  };
}

function remove(state: AcmState, input: DeleteCertificateRequest, call: Call): object {
  const certificate = findCertificate(state, call, input.CertificateArn);
  if (usersOf(state, certificate).length > 0) {
    throw new AwsError(
      'ResourceInUseException',
      `Certificate ${certificate.arn} in account ${call.account} is in use.`,
    );
  }
  certificate.cancel?.();
  state.certificates.delete(certificate.arn);
  return {};
}

function updateOptions(state: AcmState, input: UpdateCertificateOptionsRequest, call: Call): object {
  const certificate = findCertificate(state, call, input.CertificateArn);
  const options = required(input.Options, 'options');
  const wanted = transparencyOf(options);
  if (options.Export !== undefined) {
    throw invalidParameter('The Export option cannot be updated after the certificate is created.');
  }
  if (certificate.type !== 'AMAZON_ISSUED' || certificate.stage === 'VALIDATION_TIMED_OUT') {
    throw invalidState(`Certificate ${certificate.arn} is not in a state in which its options can be updated.`);
  }
  if (options.CertificateTransparencyLoggingPreference !== undefined) certificate.transparency = wanted;
  return {};
}

/** Mails can be sent again while the request waits; the 72 hours begin anew (documented). */
function resend(state: AcmState, input: ResendValidationEmailRequest, call: Call): object {
  const certificate = findCertificate(state, call, input.CertificateArn);
  const name = required(input.Domain, 'domain').toLowerCase();
  const domain = required(input.ValidationDomain, 'validationDomain').toLowerCase();
  checkName(name, 'domain');
  checkName(domain, 'validationDomain');
  const waits = certificate.stage === 'PENDING_VALIDATION' || certificate.renewal?.status === 'PENDING_VALIDATION';
  if (certificate.method !== 'EMAIL' || !waits) {
    throw invalidState(`Certificate ${certificate.arn} does not wait for a validation email to be answered.`);
  }
  if (!certificate.names.includes(name)) throw invalidOptions(`Domain ${name} is not in the certificate.`);
  checkSuperdomain(name, domain);
  if (certificate.stage === 'PENDING_VALIDATION' && certificate.proofs.some(({ status }) => status !== 'SUCCESS')) {
    certificate.validateUntil = call.now + validationMs;
    certificate.cancel?.();
    certificate.cancel = state.world.at(certificate.validateUntil, () => validate(state, certificate));
  }
  return {};
}

function invalidState(message: string): AwsError {
  return new AwsError('InvalidStateException', message);
}
