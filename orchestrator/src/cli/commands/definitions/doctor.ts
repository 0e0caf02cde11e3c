import { defineCommand, format, type OptionsOf } from '../../definition.ts';

export type DoctorOptions = OptionsOf<typeof doctorDefinition>;

export const doctorDefinition = defineCommand({
  name: 'doctor',
  summary: 'check that runs can work here: tools, folders, configuration, leftovers',
  arguments: {},
  options: { format: format() },
  examples: ['doctor', 'doctor --format json'],
});
