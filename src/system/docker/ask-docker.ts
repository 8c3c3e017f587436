import { type Fact, unknown } from '../../model/fact.ts';
import { runTool } from '../run-tool.ts';
import { type DockerInfo, parseDockerInfo } from './docker-info.ts';

export const DOCKER_SOCKET = '/var/run/docker.sock';
const ANSWER_MAX = 4 * 1024 * 1024;

export interface AskOptions {
  /** The client program. */
  readonly command?: string;
  /** ms. */
  readonly timeout?: number;
}

/**
 * Asks the daemon of this machine through the docker client. It always names the local socket, since DOCKER_HOST or a
 * context may point to another machine. Never rejects; unknown (`tool`, `timeout`) without an answer.
 */
export async function askDocker({
  command = 'docker',
  timeout = 2000,
}: AskOptions = {}): Promise<Fact<DockerInfo>> {
  const args = ['--host', `unix://${DOCKER_SOCKET}`, 'info', '--format', '{{json .}}'];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C' };
  const ran = await runTool(command, args, { env, timeout, grace: 0, outMax: ANSWER_MAX });
  switch (ran.is) {
    case 'not-run':
      return unknown('tool', `docker info: ${ran.why}`);
    case 'overdue':
      return unknown('timeout', `docker info took longer than ${timeout} ms`);
    case 'too-long':
      return unknown('tool', 'docker info printed too much');
    case 'ended': {
      // If only a part of the answer failed, the client prints the rest and exits with an error.
      const info = parseDockerInfo(ran.out);
      if (info.known || ran.code === 0) return info;
      return unknown('tool', `docker info failed: ${firstLine(ran.said) || `exit status ${ran.code}`}`);
    }
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
