// Looks at all calls that the simulated AWS has answered: none of them may have been denied.
const denied = new Set();
let since = 0;
for (;;) {
  const response = await fetch(`${process.env.AWS_ENDPOINT_URL}/_sim/calls?since=${since}`);
  if (!response.ok) throw new Error(`/_sim/calls: ${response.status}: ${await response.text()}`);
  const calls = await response.json();
  if (calls.length === 0) break;
  since = calls.at(-1).n;
  for (const { error, principal, account, service, operation } of calls)
    if (/AccessDenied|Unauthorized/.test(error ?? ''))
      denied.add(`${principal} in ${account}: ${service} ${operation}: ${error}`);
}
if (denied.size > 0) throw new Error(`AWS denied:\n${[...denied].join('\n')}`);
console.log(`none of ${since} calls was denied`);
