import { type Fact, unknown } from '../../model/fact.ts';
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
 * Asks the daemon of this machine through the docker client, and through its own socket whatever DOCKER_HOST or a
 * context say: those may mean a daemon elsewhere. Never rejects; unknown (`tool`, `timeout`) without an answer.
 */
export async function askDocker({
  command = 'docker',
  timeout = 2000,
}: AskOptions = {}): Promise<Fact<DockerInfo>> {
  const { execFile } = await import('node:child_process');
  const args = ['--host', `unix://${DOCKER_SOCKET}`, 'info', '--format', '{{json .}}'];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C' };
  return new Promise((resolve) => {
    const child = execFile(command, args, { env, maxBuffer: ANSWER_MAX }, (error, stdout) => {
      clearTimeout(timer);
      // The client exits with an error and still prints its answer where only a part of it failed.
      const info = parseDockerInfo(stdout);
      if (info.known || error === null) return resolve(info);
      resolve(unknown('tool', `docker info failed: ${firstLine(error.message)}`));
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // A child of the client may hold its output open for longer.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve(unknown('timeout', `docker info took longer than ${timeout} ms`));
    }, timeout);
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
