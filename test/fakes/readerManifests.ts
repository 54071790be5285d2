/** A text of these lines. */
export const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

/** A Deployment without volumes, with comments where somebody may have left them. */
export const DEPLOYMENT = lines(
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata:',
  '  name: web # the shop',
  'spec:',
  '  template:',
  '    spec:',
  '      # one container',
  '      containers:',
  '        - name: web',
  '          image: image:1',
  '          # resources: {}',
  '      # the end',
);
