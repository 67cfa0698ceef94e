import { randomBytes } from 'node:crypto';

/** Numbers the ids of one millisecond, so that rows keep their order by id as those of the database client do. */
let last = { at: 0, count: 0 };

/** A UUID of version 7. Ids are made before the rows are written, so that rows can point at one another in one go. */
export function createId(): string {
  const now = Math.max(Date.now(), last.at);
  const at = now === last.at && last.count === 0xf_ff ? now + 1 : now;
  last = { at, count: at === last.at ? last.count + 1 : 0 };
  const time = at.toString(16).padStart(12, '0');
  const random = randomBytes(8);
  random.writeUInt8((random.readUInt8() & 0x3f) | 0x80);
  const tail = random.toString('hex');
  const count = last.count.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
