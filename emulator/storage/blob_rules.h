#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "emulator/storage/blob_actions.h"

/// What all actions on blobs and containers check and write alike. Pure but for the last two.
namespace exthost::storage {

/// An etag of Azure's form. It follows from the etag before and from all that a reader can tell: so it
/// changes with every write, also of equal content, and a later run never gives an old etag to other content.
std::string make_etag(const std::string& before, const std::string& what);

/// Gives the record its next etag and its time: for writes of content, properties or metadata.
void stamp(BlobRecord& record, const std::string& etag_before, base::WallTime now);
void stamp(ContainerRecord& record, base::WallTime now);

/// A change's If-* conditions alone: `If-None-Match: *` is one like any other, for something that must exist.
std::optional<Failure> refuse_conditions(const Conditions& conditions, const BlobRecord& current);
std::optional<Failure> refuse_conditions(const Conditions& conditions, const ContainerRecord& current);

/// Whether a put may go on, over the blob that is there or none: its conditions, then its lease.
std::optional<Failure> refuse_put(const Conditions& conditions, const std::optional<BlobRecord>& current,
                                  base::WallTime now);
/// The same for a change of something that must exist.
std::optional<Failure> refuse_change(const Conditions& conditions, const BlobRecord& current,
                                     base::WallTime now);
/// The same for what does not touch the blob itself: its lease's id need not be sent, and must fit if it is.
std::optional<Failure> refuse_beside(const Conditions& conditions, const BlobRecord& current,
                                     base::WallTime now);
/// Whether a read may go on: as refuse_read, and a lease's id that is sent must fit.
std::optional<Failure> refuse_blob_read(const Conditions& conditions, const BlobRecord& current,
                                        base::WallTime now);
/// A container's metadata and access may be changed without its lease's id; deleting it takes the id.
std::optional<Failure> refuse_container_change(const Conditions& conditions, const ContainerRecord& current,
                                               base::WallTime now);
std::optional<Failure> refuse_container_deletion(const Conditions& conditions, const ContainerRecord& current,
                                                 base::WallTime now);

/// wrong_blob_type if there is a blob and it is not of that type: to change a blob's type it must be deleted.
std::optional<Failure> refuse_other_type(const std::optional<BlobRecord>& current, BlobType type);

/// The blob that a put, a commit or a copy makes out of what was there, which may stay restorable
/// (soft_delete.h). `other_type`: of one that is no block blob.
BlobEdit replace(const BlobState& state, const PutOptions& options, std::vector<Piece> pieces,
                 base::WallTime now, const std::optional<NewBlob>& other_type = std::nullopt);

/// Changes a blob that must exist, conditions and lease held, and stamps it.
using BlobChange = std::function<void(BlobRecord&)>;
Outcome<BlobRecord> change_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                                base::WallTime now, const BlobChange& change);
using ContainerChange = std::function<void(ContainerRecord&)>;
Outcome<ContainerRecord> change_container(BlobStore& store, const ContainerId& id,
                                          const Conditions& conditions, base::WallTime now,
                                          const ContainerChange& change);

}  // namespace exthost::storage
