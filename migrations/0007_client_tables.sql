CREATE TABLE `adhoc_files` (
	`tenant_id` integer NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`uploaded_at` integer NOT NULL,
	`stored_bytes` integer NOT NULL,
	`said` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `adhoc_files_uploaded` ON `adhoc_files` (`uploaded_at`);--> statement-breakpoint
CREATE TABLE `annotations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` integer NOT NULL,
	`service` text NOT NULL,
	`at` integer NOT NULL,
	`content` text NOT NULL,
	`app_name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `annotations_moment` ON `annotations` (`tenant_id`,`service`,`at`);--> statement-breakpoint
CREATE TABLE `recording_rules` (
	`tenant_id` integer NOT NULL,
	`id` text NOT NULL,
	`generation` integer NOT NULL,
	`rule` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`tenant_id` integer NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`modified_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `name`)
);
