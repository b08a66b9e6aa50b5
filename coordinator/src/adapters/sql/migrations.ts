import { StorageError } from '../../faults/storage.ts'

/**
 * A step of the schema. Numbered from 1 without gaps; once released it is never edited, only followed by another.
 * A number stands for the same tables in every database, so that a backup of one can be restored into another.
 */
export type Migration = { name: string; sql: string }

/** What a database of this version lacks first. Throws `StorageError` where it is newer than this program. */
export const nextMigration = (version: number, migrations: readonly Migration[]): Migration | undefined => {
  if (version > migrations.length)
    throw new StorageError(
      `the database has schema version ${version}, this program knows versions up to ${migrations.length}: ` +
        'run the newer program that wrote it, or restore a backup from before the upgrade',
    )
  return migrations[version]
}
