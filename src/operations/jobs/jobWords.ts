import { jobLines, jobParts } from '../../domain/jobs/jobText.ts';

/** What is said of a job: its schedule has to be read for that, which only the second bundle can. */
export const jobWords = { jobLines, jobParts } as const;
