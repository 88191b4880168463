"""What a publishing script does with azure-storage-blob. Run by client_python.test.mjs with a connection string in the environment."""

import datetime
import hashlib
import os
import unittest

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import (
    AccessPolicy, AccountSasPermissions, BlobBlock, BlobClient, BlobSasPermissions, BlobServiceClient, ContainerClient,
    ContainerSasPermissions, ContentSettings, CorsRule, ResourceTypes, RetentionPolicy, generate_account_sas,
    generate_blob_sas, generate_container_sas)

MEBI = 1024 * 1024
TEXT = os.environ["AZURE_STORAGE_CONNECTION_STRING"]


def later(hours=1):
    return datetime.datetime.utcnow() + datetime.timedelta(hours=hours)


class WithContainer(unittest.TestCase):
    def setUp(self):
        self.service = BlobServiceClient.from_connection_string(TEXT, retry_total=0)
        self.container = self.service.create_container("work")

    def tearDown(self):
        self.container.delete_container()

    def upload(self, name, data=b"text", **options):
        blob = self.container.get_blob_client(name)
        blob.upload_blob(data, overwrite=True, **options)
        return blob

    def refused(self, code, call, *arguments, **options):
        with self.assertRaises(HttpResponseError) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.error_code, code)
        return caught.exception


class Containers(WithContainer):
    def test_are_made_listed_and_deleted(self):
        container = self.service.create_container("public", metadata={"team": "portal"}, public_access="blob")
        self.assertRaises(ResourceExistsError, container.create_container)
        self.assertEqual(container.get_container_properties().public_access, "blob")
        listed = list(self.service.list_containers(name_starts_with="pub", include_metadata=True))
        self.assertEqual([(item.name, (item.metadata or {}).get("team")) for item in listed], [("public", "portal"), ("published", None)])
        container.delete_container()
        self.assertFalse(container.exists())
        self.assertRaises(ResourceNotFoundError, container.delete_container)

    def test_policies_are_stored(self):
        policy = AccessPolicy(permission=ContainerSasPermissions(read=True), expiry=later(), start=later(-1))
        self.container.set_container_access_policy({"readers": policy})
        self.assertEqual([item.id for item in self.container.get_container_access_policy()["signed_identifiers"]], ["readers"])
        blob = self.upload("secret")
        sas = generate_blob_sas(self.service.account_name, "work", "secret", account_key=self.service.credential.account_key, policy_id="readers")
        self.assertEqual(BlobClient.from_blob_url(blob.url, credential=sas).download_blob().readall(), b"text")
        self.container.set_container_access_policy({})
        with self.assertRaises(HttpResponseError):
            BlobClient.from_blob_url(blob.url, credential=sas, retry_total=0).download_blob()


class Blobs(WithContainer):
    def test_of_every_size(self):
        for size in (0, 20_000, 20 * MEBI, 300 * MEBI):
            data = (os.urandom(1024) * (size // 1024 + 1))[:size]
            blob = self.upload(f"{size} bytes", data, max_concurrency=4)
            self.assertEqual(blob.get_blob_properties().size, size)
            back = blob.download_blob(max_concurrency=4).readall()
            self.assertEqual(hashlib.md5(back).digest(), hashlib.md5(data).digest())
        self.assertRaises(ResourceExistsError, self.container.upload_blob, "0 bytes", b"again")

    def test_are_validated(self):
        blob = self.upload("checked", b"text" * 1000, validate_content=True, content_settings=ContentSettings(content_type="text/plain"))
        self.assertEqual(blob.download_blob(validate_content=True).readall(), b"text" * 1000)
        self.assertEqual(blob.get_blob_properties().content_settings.content_type, "text/plain")

    def test_are_put_from_blocks_with_odd_ids(self):
        blob = self.container.get_blob_client("blocks")
        for name in ("a+/=", "b+/="):
            blob.stage_block(name, name.encode())
        self.assertEqual(len(blob.get_block_list("uncommitted")[1]), 2)
        blob.commit_block_list([BlobBlock("b+/="), BlobBlock("a+/=")])
        self.assertEqual(blob.download_blob().readall(), b"b+/=a+/=")

    def test_are_listed(self):
        for name in ("a/1", "a/2", "b", "é ü+&"):
            self.upload(name, metadata={"of": "mine"}, tags={"kind": "x"})
        extras = ["snapshots", "metadata", "uncommittedblobs", "copy", "deleted", "tags", "versions"]
        pages = self.container.list_blobs(include=extras, results_per_page=2).by_page()
        self.assertEqual([[item.name for item in page] for page in pages], [["a/1", "a/2"], ["b", "é ü+&"]])
        self.assertEqual([item.name for item in self.container.walk_blobs(delimiter="/")], ["a/", "b", "é ü+&"])
        self.assertEqual([item.name for item in self.service.find_blobs_by_tags("kind='x' AND @container='work'")], ["a/1", "a/2", "b", "é ü+&"])

    def test_are_read_by_ranges_and_on_conditions(self):
        blob = self.upload("blob", b"0123456789")
        self.assertEqual(blob.download_blob(offset=3, length=4).readall(), b"3456")
        self.refused("InvalidRange", blob.download_blob, offset=10, length=1)
        etag = blob.get_blob_properties().etag
        with self.assertRaises(ResourceModifiedError):
            blob.delete_blob(etag='"0x1"', match_condition=MatchConditions.IfNotModified)
        blob.delete_blob(etag=etag, match_condition=MatchConditions.IfNotModified)

    def test_are_copied_snapshotted_leased_and_moved_to_a_tier(self):
        blob = self.upload("zip", b"zip", metadata={"of": "mine"})
        copy = self.container.get_blob_client("copy")
        self.assertEqual(copy.start_copy_from_url(blob.url)["copy_status"], "success")
        self.assertEqual(copy.get_blob_properties().metadata, {"of": "mine"})
        copy.start_copy_from_url(blob.url, requires_sync=True)
        self.assertEqual(copy.get_blob_properties().copy.status, "success")
        sas = generate_blob_sas(self.service.account_name, "work", "zip", account_key=self.service.credential.account_key, permission="r", expiry=later())
        copy.upload_blob_from_url(f"{blob.url}?{sas}", overwrite=True)
        self.assertEqual(copy.download_blob().readall(), b"zip")
        copy.stage_block_from_url("AAAA", f"{blob.url}?{sas}", 1, 2)
        copy.commit_block_list([BlobBlock("AAAA")])
        self.assertEqual(copy.download_blob().readall(), b"ip")

        snapshot = blob.create_snapshot()
        blob.upload_blob(b"new", overwrite=True)
        self.assertEqual(self.container.get_blob_client("zip", snapshot=snapshot["snapshot"]).download_blob().readall(), b"zip")
        self.refused("SnapshotsPresent", blob.delete_blob)
        lease = blob.acquire_lease(15)
        self.refused("LeaseIdMissing", blob.delete_blob, delete_snapshots="include")
        blob.delete_blob(delete_snapshots="include", lease=lease)

        copy.set_standard_blob_tier("Archive")
        self.refused("BlobArchived", copy.download_blob)

    def test_are_deleted_in_batches(self):
        for i in range(20):
            self.upload(f"{i} of many")
        answers = list(self.container.delete_blobs(*(f"{i} of many" for i in range(20))))
        self.assertEqual([answer.status_code for answer in answers], [202] * 20)
        self.assertEqual(list(self.container.list_blobs()), [])


class Signatures(WithContainer):
    def test_open_what_they_name(self):
        self.upload("secret")
        key = self.service.credential.account_key
        account = self.service.account_name
        of_container = generate_container_sas(account, "work", account_key=key, permission=ContainerSasPermissions(read=True, list=True), expiry=later())
        container = ContainerClient.from_container_url(self.container.url, credential=of_container, retry_total=0)
        self.assertEqual([item.name for item in container.list_blobs()], ["secret"])
        self.refused("AuthorizationPermissionMismatch", container.upload_blob, "x", b"x")
        of_blob = generate_blob_sas(account, "work", "secret", account_key=key, permission=BlobSasPermissions(read=True), expiry=later(), content_type="text/html")
        blob = BlobClient.from_blob_url(self.container.get_blob_client("secret").url, credential=of_blob)
        self.assertEqual(blob.get_blob_properties().content_settings.content_type, "text/html")
        of_account = generate_account_sas(account, key, ResourceTypes(service=True), AccountSasPermissions(list=True), later())
        service = BlobServiceClient(self.service.url, credential=of_account, retry_total=0)
        self.assertEqual([item.name for item in service.list_containers()], ["published", "work"])
        expired = generate_account_sas(account, key, ResourceTypes(service=True), AccountSasPermissions(list=True), later(-1))
        with self.assertRaises(HttpResponseError):
            list(BlobServiceClient(self.service.url, credential=expired, retry_total=0).list_containers())


class ServiceProperties(WithContainer):
    def test_are_changed_by_parts(self):
        self.service.set_service_properties(cors=[CorsRule(["https://localhost"], ["GET"], max_age_in_seconds=60)])
        self.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=7))
        properties = self.service.get_service_properties()
        self.assertEqual(properties["cors"][0].allowed_origins, "https://localhost")
        self.assertEqual(properties["delete_retention_policy"].days, 7)
        blob = self.upload("kept")
        blob.delete_blob()
        self.assertEqual([(item.name, item.deleted) for item in self.container.list_blobs(include=["deleted"])], [("kept", True)])
        blob.undelete_blob()
        self.assertEqual(blob.download_blob().readall(), b"text")
        self.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=False))
        self.assertEqual(self.service.get_account_information()["account_kind"], "StorageV2")


if __name__ == "__main__":
    unittest.main()
