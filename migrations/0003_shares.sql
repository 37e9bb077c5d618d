CREATE TABLE `shares` (
	`key` text PRIMARY KEY NOT NULL,
	`tenant_id` integer NOT NULL,
	`title` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`life_seconds` integer,
	`delete_hash` text NOT NULL,
	`frame_hosts` text,
	`facts` text NOT NULL,
	`stored_bytes` integer NOT NULL,
	`is_claimed` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `shares_tenant` ON `shares` (`tenant_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `shares_expire` ON `shares` (`expires_at`) WHERE expires_at IS NOT NULL;