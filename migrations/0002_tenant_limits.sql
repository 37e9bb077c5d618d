CREATE TABLE `shed_times` (
	`app_id` integer NOT NULL,
	`shard` integer NOT NULL,
	`start` integer NOT NULL,
	`until` integer NOT NULL,
	`uploads` integer NOT NULL,
	PRIMARY KEY(`app_id`, `shard`, `start`)
);
--> statement-breakpoint
ALTER TABLE `tenants` ADD `limits` text;