-- AlterTable
ALTER TABLE "subnets" ADD COLUMN     "network_number" BIGINT;

-- A subnet's address as a number, as clients have theirs: 10.2.0.0 comes before 10.10.0.0.
CREATE FUNCTION "set_subnet_network_number"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN NEW.network_number := network(NEW.cidr::inet)::inet - ''0.0.0.0''::inet\073 RETURN NEW\073 END\073';
CREATE TRIGGER "subnets_set_network_number" BEFORE INSERT OR UPDATE OF "cidr", "network_number" ON "subnets"
  FOR EACH ROW EXECUTE FUNCTION "set_subnet_network_number"();
UPDATE "subnets" SET "network_number" = NULL;
