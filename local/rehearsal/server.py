"""moto's server for a rehearsal: server.py PORT STAND_INS_FILE

moto's CloudFormation refuses or leaves out resource types that it does not know. Each of them gets a stand-in here,
which has a name and attributes and does nothing, so that the stacks are deployed whole. The types that were stood in
for are written to STAND_INS_FILE, a line each: the rehearsal says that it has not shown them.
"""

import sys
import uuid

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.server import main

port, stand_ins_file = sys.argv[1:]

# Known to moto, but not as the backbone uses them: it has no Kafka behind event source mappings, and runs the functions
# of custom resources in containers.
beyond_moto = ("AWS::Lambda::EventSourceMapping", "AWS::CloudFormation::CustomResource", "Custom::")

moto_class_of = parsing.resource_class_from_type
stand_in_types: set[str] = set()


class StandIn(CloudFormationModel):
    __module__ = "moto.rehearsal"  # moto files its models by the second part of their module's name

    def __init__(self, resource_type: str, name: str, account: str, region: str) -> None:
        _, service, kind = [*resource_type.split("::"), "resource"][:3]
        service = {"MSK": "kafka"}.get(service, service.lower())
        # The form of a cluster's ARN, of which topics' and groups' are made: …:cluster/NAME/UUID.
        self.arn = f"arn:aws:{service}:{region}:{account}:{kind.lower()}/{name}/{uuid.uuid4()}"

    # moto asks all subclasses for the type that they are for; this one is for what the others are not.
    @staticmethod
    def cloudformation_type() -> str:
        return ""

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True  # cfn-lint knows the attributes of each type, and has looked

    @property
    def physical_resource_id(self) -> str:
        return self.arn

    def get_cfn_attribute(self, attribute: str) -> str:
        return self.arn if attribute.endswith("Arn") else f"{attribute}-of-{self.arn}"

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        resource_type = cloudformation_json["Type"]
        if resource_type not in stand_in_types:
            stand_in_types.add(resource_type)
            with open(stand_ins_file, "a", encoding="utf-8") as file:
                file.write(f"{resource_type}\n")
        return cls(resource_type, resource_name, account_id, region_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, **kwargs):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name) -> None:
        pass


def class_of(resource_type: str) -> type[CloudFormationModel] | None:
    known = resource_type in parsing.NULL_MODELS or resource_type in parsing.get_model_map()
    return StandIn if resource_type.startswith(beyond_moto) or not known else moto_class_of(resource_type)


parsing.resource_class_from_type = class_of
main(["-H", "127.0.0.1", "-p", port])
