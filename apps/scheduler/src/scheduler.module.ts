import { Module } from '@nestjs/common';

/** The scheduler answers nobody: it has health and metrics, and a job. */
@Module({})
export class SchedulerModule {}
