import { GarbledAnswer } from '../faults.ts';
import { AwsError } from '../kernel.ts';
import { WireFault } from '../wire/faults.ts';
import type { WireRequest, WireResponse } from '../wire/messages.ts';
import type { DecodedRequest } from '../wire/request.ts';
import { decodeRequest } from '../wire/request.ts';
import { encodeError, encodeOutput } from '../wire/response.ts';
import type { SimulatedAws } from '../world.ts';

/**
 * One HTTP exchange with the simulated AWS: reads the request, makes the call, writes the answer. What AWS refuses is an answer too.
 * `beforeCall` runs in the same turn as the call and may throw to keep it from being made.
 * Throws `LostAnswer` where an injected fault keeps the answer from the caller.
 */
export async function exchange(
  world: SimulatedAws,
  message: WireRequest,
  beforeCall?: () => void,
): Promise<WireResponse> {
  const requestId = world.newRequestId();
  let decoded: DecodedRequest;
  try {
    decoded = await decodeRequest(message, requestId);
  } catch (error) {
    if (error instanceof WireFault) return unroutable(error, requestId);
    throw error;
  }
  beforeCall?.();
  const response = answer(world, decoded, requestId);
  const delayMs = world.delayOf(decoded.request);
  return delayMs > 0 ? { ...response, delayMs } : response;
}

function answer(world: SimulatedAws, decoded: DecodedRequest, requestId: string): WireResponse {
  const { model, operation, request } = decoded;
  try {
    const output = world.call(request);
    // An operation that the model does not have was refused by the world.
    if (operation === undefined)
      throw new AwsError('InternalFailure', `no model of ${request.operation}`, { status: 500 });
    return encodeOutput(model, operation, output, requestId);
  } catch (error) {
    if (error instanceof AwsError) return encodeError(model, error, requestId);
    if (error instanceof GarbledAnswer) {
      return { status: error.status, headers: { 'content-type': error.contentType }, body: error.body };
    }
    throw error;
  }
}

function unroutable(fault: WireFault, requestId: string): WireResponse {
  return {
    status: 404,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: 'UnknownOperationException', message: fault.message }),
  };
}
