#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/storage/model_lease.h"

/// What a storage account is, said again in the plainest way: names and values in maps, each rule written
/// where it applies. It shares nothing with the rules of emulator/storage, so that the two can be held
/// against each other (random_operations_test.cpp). The sources of the rules are in docs/fidelity.md.
namespace exthost::test::model {

using Texts = std::map<std::string, std::string>;

struct Blob {
  std::string body;
  bool put_at_once = false;
  std::vector<std::pair<std::string, std::string>> blocks;  // id and bytes, unless it was put at once
  std::string type;
  std::string md5;  // base64
  Texts metadata;
  Texts tags;
  std::string tier;  // empty: not chosen
  std::string etag;  // as the service gave it
  Time created;
  Time modified;
  Lease lease;
};

struct Kept {
  Blob blob;
  Time at;
  Time until;
};

struct Name {
  std::optional<Blob> live;
  std::optional<Kept> deleted;
  std::map<std::string, Blob> snapshots;
  std::map<std::string, Kept> deleted_snapshots;
  Texts staged;  // bytes by id
};

struct Container {
  Texts metadata;
  std::string etag;
  Lease lease;
  std::map<std::string, Name> names;
};

/// What a request asks for beside its operation; empty: not sent.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
  std::optional<Time> modified_since;
  std::optional<Time> unmodified_since;
  std::pair<std::string, std::string> tag;  // a tag that must have that value
  std::string lease;
};

/// What an answer must be.
struct Expected {
  int status = 0;
  std::string code;
  std::optional<std::string> body;
  Texts headers;
  Blob* written = nullptr;  // has the ETag that the answer gives, which is a new one
};

struct Account {
  std::map<std::string, Container> containers;
  int keep_days = 0;  // 0: what is deleted is gone

  /// Forgets what is kept no longer. To be called whenever time has passed.
  void expire(Time now);

  Expected create_container(const std::string& container, const Texts& metadata);
  Expected delete_container(const std::string& container, const std::string& lease, Time now);
  Expected set_container_metadata(const std::string& container, const Texts& metadata,
                                  const std::string& lease, Time now);
  Expected get_container(const std::string& container, const std::string& lease, Time now);

  /// `blob` has its body, type, md5, metadata, tags and tier; for a commit, no body.
  Expected put(const std::string& container, const std::string& name, Blob blob, const Conditions& asked,
               Time now);
  Expected stage(const std::string& container, const std::string& name, const std::string& id,
                 const std::string& bytes, const std::string& lease, Time now);
  /// Each element: `Latest`, `Committed` or `Uncommitted`, and the id.
  Expected commit(const std::string& container, const std::string& name,
                  const std::vector<std::pair<std::string, std::string>>& blocks, Blob blob,
                  const Conditions& asked, Time now);
  Expected get_block_list(const std::string& container, const std::string& name);

  /// `range`: as in the header, or empty. With `head` no range, and no body.
  Expected get(const std::string& container, const std::string& name, const std::string& snapshot,
               const std::string& range, bool head, const Conditions& asked, Time now);
  /// `snapshots`: empty, `include` or `only`.
  Expected remove(const std::string& container, const std::string& name, const std::string& snapshot,
                  const std::string& snapshots, const Conditions& asked, Time now);
  Expected undelete(const std::string& container, const std::string& name);
  Expected snapshot(const std::string& container, const std::string& name, const Texts& metadata,
                    const Conditions& asked, Time now);
  Expected set_metadata(const std::string& container, const std::string& name, const Texts& metadata,
                        const Conditions& asked, Time now);
  Expected set_properties(const std::string& container, const std::string& name, const std::string& type,
                          const Conditions& asked, Time now);
  Expected set_tier(const std::string& container, const std::string& name, const std::string& snapshot,
                    const std::string& tier, const Conditions& asked, Time now);
  Expected set_tags(const std::string& container, const std::string& name, const Texts& tags,
                    const Conditions& asked, Time now);

  Expected lease_container(const std::string& container, const LeaseAction& action, Time now);
  Expected lease_blob(const std::string& container, const std::string& name, const LeaseAction& action,
                      const Conditions& asked, Time now);

  struct Listing {
    std::string prefix;
    std::string delimiter;
    bool snapshots = false;
    bool deleted = false;
    bool uncommitted = false;
    bool metadata = false;
    bool tags = false;
  };
  /// The entries of all pages, each as `describe` says it, or a common prefix with `*` behind it.
  std::vector<std::string> list(const std::string& container, const Listing& wanted, Time now) const;

  /// Every content that something refers to, so that nothing else takes space.
  std::vector<std::string> contents() const;

 private:
  Name* find(const std::string& container, const std::string& name);
};

/// One entry of a listing, in the words in which the test reads it from the XML.
struct ListedBlob {
  std::string name;
  std::string snapshot;
  bool deleted = false;
  std::string length;
  std::string etag;  // without quotes
  std::string modified;
  std::string type;
  std::string tier;
  std::string lease;
  std::string deleted_at;
  std::string days_left;
  Texts metadata;
  Texts tags;
};
std::string describe(const ListedBlob& blob);

}  // namespace exthost::test::model
