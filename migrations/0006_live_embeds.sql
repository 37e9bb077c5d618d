CREATE TABLE `live_embeds` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` integer NOT NULL,
	`token_hash` text NOT NULL,
	`revoke_hash` text NOT NULL,
	`title` text NOT NULL,
	`query` text NOT NULL,
	`range_seconds` integer NOT NULL,
	`redact` text NOT NULL,
	`frame_hosts` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`rendered_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `live_embeds_token` ON `live_embeds` (`token_hash`);--> statement-breakpoint
CREATE INDEX `live_embeds_tenant` ON `live_embeds` (`tenant_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `share_reports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` integer NOT NULL,
	`share_key` text NOT NULL,
	`created_at` integer NOT NULL,
	`reason` text NOT NULL,
	`details` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `share_reports_share` ON `share_reports` (`tenant_id`,`share_key`);