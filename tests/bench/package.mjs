// The steps of building and opening a package, each by itself (package_bench.cpp).
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { root } from './support/bench.mjs';

process.stdout.write(execFileSync(path.join(root, 'build/release/tests/bench/package_bench'), { encoding: 'utf8' }));
