/**
 * A stack of middleware that costs next to nothing for each command. The SDK clones its stack, sorts it and looks up an endpoint
 * whenever a command is sent, which takes several times as long as the simulated call; here there is nothing to clone or to sort.
 */
import { constructStack } from '@smithy/core/client';
import type {
  AbsoluteLocation,
  DeserializeHandler,
  DeserializeMiddleware,
  HandlerExecutionContext,
  HandlerOptions,
  InitializeHandler,
  InitializeMiddleware,
  MiddlewareStack,
  MiddlewareType,
  Pluggable,
  RelativeMiddlewareOptions,
  SerializeMiddleware,
} from '@smithy/types';

/** Answers the input of the command that the context is of. */
export type Terminal = (context: HandlerExecutionContext) => (input: object) => Promise<object>;

/** The SDK's own name for the step that looks up an endpoint: nothing of it is needed beneath a client. */
const endpointStep = 'endpointV2Middleware';

/** What middleware is added with; the SDK's own type has one for each step. */
type StepOptions = Omit<HandlerOptions, 'step'> & AbsoluteLocation & { readonly step?: string };

/**
 * Ends every command in `terminal`. Steps that commands bring along to run first (Route 53's clients shorten ids) are kept in a list; whatever
 * else is added or asked makes it a stack of the SDK, with the terminal under the names of the steps that it stands for.
 */
export class ShortStack<I extends object, O extends object> implements MiddlewareStack<I, O> {
  private readonly terminal: Terminal;
  private readonly first: InitializeMiddleware<I, O>[] = [];
  private readonly firstOptions: StepOptions[] = [];
  private full: MiddlewareStack<I, O> | undefined = undefined;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  add(middleware: MiddlewareType<I, O>, options: StepOptions = {}): void {
    if (this.full === undefined && this.runsFirst(options)) {
      this.first.push(middleware as InitializeMiddleware<I, O>);
      this.firstOptions.push(options);
    } else this.whole().add(middleware as SerializeMiddleware<I, O>, options as { step: 'serialize' });
  }

  addRelativeTo(middleware: MiddlewareType<I, O>, options: RelativeMiddlewareOptions & HandlerOptions): void {
    if (options.name !== endpointStep) this.whole().addRelativeTo(middleware, options);
  }

  /** Whether a step runs before all others in the order of their entry. */
  private runsFirst({ step = 'initialize', priority = 'normal', name, aliases }: StepOptions): boolean {
    if (step !== 'initialize' || priority !== 'normal' || aliases !== undefined) return false;
    return name === undefined || !this.firstOptions.some((other) => other.name === name);
  }

  private whole(): MiddlewareStack<I, O> {
    if (this.full !== undefined) return this.full;
    const { terminal } = this;
    const full = constructStack<I, O>();
    const serialize: SerializeMiddleware<I, O> = (next) => (args) => next({ ...args, request: args.input });
    const answer: DeserializeMiddleware<I, O> = (_next, context) => {
      const answerTo = terminal(context);
      return async (args) => ({ response: {}, output: (await answerTo(args.request as object)) as O });
    };
    full.add(serialize, { step: 'serialize', name: 'serializerMiddleware' });
    full.add(answer, { step: 'deserialize', name: 'deserializerMiddleware' });
    this.first.forEach((middleware, i) => full.add(middleware, { ...this.firstOptions[i], step: 'initialize' }));
    this.full = full;
    return full;
  }

  use(pluggable: Pluggable<I, O>): void {
    pluggable.applyToStack(this);
  }

  applyToStack(stack: MiddlewareStack<I, O>): void {
    this.whole().applyToStack(stack);
  }

  clone(): MiddlewareStack<I, O> {
    return this.whole().clone();
  }

  remove(toRemove: MiddlewareType<I, O> | string): boolean {
    return this.whole().remove(toRemove);
  }

  removeByTag(toRemove: string): boolean {
    return this.whole().removeByTag(toRemove);
  }

  identify(): string[] {
    return this.whole().identify();
  }

  identifyOnResolve(toggle?: boolean): boolean {
    return this.full === undefined && toggle !== true ? false : this.whole().identifyOnResolve(toggle);
  }

  concat<IT extends I, OT extends O>(from: MiddlewareStack<IT, OT>): MiddlewareStack<IT, OT> {
    if (this.full !== undefined) return this.full.concat(from);
    const joined = new ShortStack<IT, OT>(this.terminal);
    joined.use(from);
    return joined;
  }

  resolve<IT extends I, OT extends O>(
    handler: DeserializeHandler<IT, OT>,
    context: HandlerExecutionContext,
  ): InitializeHandler<IT, OT> {
    if (this.full !== undefined) return this.full.resolve(handler, context);
    const answerTo = this.terminal(context);
    let next: InitializeHandler<I, O> = async ({ input }) => ({ response: {}, output: (await answerTo(input)) as O });
    for (let i = this.first.length - 1; i >= 0; i--) next = this.first[i]?.(next, context) ?? next;
    // As the SDK's own stack: whoever resolves a stack knows which command it is for.
    return next as unknown as InitializeHandler<IT, OT>;
  }
}
