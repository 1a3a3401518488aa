// A server that answers as Ollama does, on loopback: it gives every conversation to one bucket, and drafts what it is told to.

import { createServer } from 'node:http';

/**
 * Starts it. `asked` gathers the questions; `bucket` is what it says of each. `drafts` are its answers to those who want a
 * draft, in order; one that is a promise is waited for.
 */
export async function startOllama({ bucket = 'billing', reason = 'It is about a payment that was made twice.', drafts = [] } = {}) {
  const asked = [];
  const content = async (question) =>
    question.format?.properties?.decision ? await drafts.shift() : { bucket, confidence: 0.9, reason };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', async () => {
      const answer = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
      if (request.url === '/api/tags') {
        answer({ models: [{ name: 'a-model:latest', model: 'a-model:latest' }] });
      } else if (request.url === '/api/chat') {
        const question = JSON.parse(body);
        asked.push(question);
        const said = JSON.stringify(await content(question));
        answer({
          model: 'a-model:latest',
          created_at: '2026-11-01T00:00:00Z',
          done: true,
          done_reason: 'stop',
          message: { role: 'assistant', content: said },
          prompt_eval_count: 400,
          eval_count: 25,
        });
      } else {
        response.writeHead(404).end();
      }
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    asked,
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((ended) => (server.closeAllConnections(), server.close(ended))),
  };
}
